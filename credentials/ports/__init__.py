"""What the credential module asks of a store."""

from credentials.ports.records import (
    Commit,
    Insert,
    Keep,
    Kept,
    Page,
    Part,
    Put,
    Records,
    Remove,
    Replace,
    Table,
    Write,
)
from credentials.ports.stores import AwardStore, CatalogueStore, CredentialStore, PeopleStore

__all__ = [
    "AwardStore",
    "CatalogueStore",
    "Commit",
    "CredentialStore",
    "Insert",
    "Keep",
    "Kept",
    "Page",
    "Part",
    "PeopleStore",
    "Put",
    "Records",
    "Remove",
    "Replace",
    "Table",
    "Write",
]
