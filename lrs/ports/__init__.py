"""What the services ask of a store: one Protocol a resource, and the values that go in and come out.

Words used in all of them:
    provider    penyelenggara: an institution whose LMSs send statements. Providers are walls.
    client      one LMS installation (one key) of a provider.
    wall        what a caller may see: one client's, one provider's, or everything.
    durable     survives the death of the process and of the machine's power; what a returned write is.
No driver type appears here. Every store passes every test in `tests/contracts/`.
"""

from __future__ import annotations

from lrs.ports.attachments import AttachmentContent, AttachmentStore
from lrs.ports.clients import (
    Administrator,
    AdministratorStore,
    Client,
    ClientStore,
    Provider,
    Scope,
    Secret,
)
from lrs.ports.directory import ActivityDirectory
from lrs.ports.documents import Document, DocumentKey, DocumentKind, DocumentStore
from lrs.ports.feed import Feed, FeedItem
from lrs.ports.reduction import Reduced, StatementReduction
from lrs.ports.statements import (
    Batch,
    Condition,
    NewStatement,
    Page,
    StatementQuery,
    StatementStore,
    StoredStatement,
    Wall,
)
from lrs.ports.stores import Stores
from lrs.xapi.terms import account_term, activity_term, mbox_sha1sum_term, mbox_term, openid_term

__all__ = [
    "ActivityDirectory",
    "Administrator",
    "AdministratorStore",
    "AttachmentContent",
    "AttachmentStore",
    "Batch",
    "Client",
    "ClientStore",
    "Condition",
    "Document",
    "DocumentKey",
    "DocumentKind",
    "DocumentStore",
    "Feed",
    "FeedItem",
    "NewStatement",
    "Page",
    "Provider",
    "Reduced",
    "Scope",
    "Secret",
    "StatementQuery",
    "StatementReduction",
    "StatementStore",
    "StoredStatement",
    "Stores",
    "Wall",
    "account_term",
    "activity_term",
    "mbox_sha1sum_term",
    "mbox_term",
    "openid_term",
]
