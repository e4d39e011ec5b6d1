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

__all__ = [
    "Commit",
    "Insert",
    "Keep",
    "Kept",
    "Page",
    "Part",
    "Put",
    "Records",
    "Remove",
    "Replace",
    "Table",
    "Write",
]
