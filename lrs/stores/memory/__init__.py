"""Everything in plain dictionaries: the reference that says what the ports' words mean. Nothing survives the process.

It serves one event loop; a method that changes something never awaits halfway, so each is a transaction.
"""

from __future__ import annotations

from lrs.clock import Clock
from lrs.ports import Stores
from lrs.stores.memory.administrators import MemoryAdministrators
from lrs.stores.memory.attachments import MemoryAttachments
from lrs.stores.memory.clients import MemoryClients
from lrs.stores.memory.copying import MemoryCopying
from lrs.stores.memory.directory import MemoryDirectory
from lrs.stores.memory.documents import MemoryDocuments
from lrs.stores.memory.engine import MemoryEngine
from lrs.stores.memory.feed import MemoryFeed
from lrs.stores.memory.log import StatementLog
from lrs.stores.memory.reduction import MemoryReduction
from lrs.stores.memory.statements import MemoryStatements

__all__ = ["memory_stores"]


def memory_stores(clock: Clock) -> Stores:
    """New, empty stores."""
    log = StatementLog(clock)
    engine = MemoryEngine(log)
    attachments, documents, clients = MemoryAttachments(engine), MemoryDocuments(engine, clock), MemoryClients(engine)
    administrators, feed = MemoryAdministrators(engine), MemoryFeed(engine, log)
    return Stores(
        statements=MemoryStatements(engine, log),
        attachments=attachments,
        documents=documents,
        directory=MemoryDirectory(engine, log),
        clients=clients,
        administrators=administrators,
        feed=feed,
        reduction=MemoryReduction(engine, log, attachments),
        copying=MemoryCopying(engine, log, clients, administrators, documents, attachments, feed),
        engine=engine,
    )
