"""Uploaded evidence: bytes by their SHA-256, each kept once; and who brought which file, for that is who may name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from credentials.ports.records import Records, Table


@dataclass(frozen=True, slots=True)
class FileContent:
    """The bytes."""

    digest: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """That an actor brought the file. `media_type`: found from the bytes, not believed."""

    digest: str
    by: str
    at: int
    media_type: str
    size: int


CONTENTS: Table[FileContent] = Table("file_content", FileContent, key=lambda one: (one.digest,))
UPLOADS: Table[Upload] = Table(
    "file_upload",
    Upload,
    key=lambda one: (one.digest, one.by),
    indexes={"by": lambda one: [(one.by, one.at)], "at": lambda one: [(one.at,)]},
)
FILE_TABLES: tuple[Table[Any], ...] = (CONTENTS, UPLOADS)


@dataclass(frozen=True, slots=True)
class FileRecords:
    """Reads."""

    records: Records

    async def content(self, digest: str) -> bytes | None:
        kept = await self.records.get(CONTENTS, digest)
        return kept.value.content if kept else None

    async def upload(self, digest: str, by: str) -> Upload | None:
        """That this actor brought this file."""
        kept = await self.records.get(UPLOADS, digest, by)
        return kept.value if kept else None

    async def any_upload(self, digest: str) -> Upload | None:
        """By whomever: for its type and size."""
        return next(iter((await self.records.scan(UPLOADS, prefix=(digest,), limit=1)).values), None)

    async def recent(self, by: str, since: int, limit: int) -> list[Upload]:
        """What this actor brought from that moment on."""
        return (await self.records.scan(UPLOADS, "by", (by,), low=(since,), limit=limit)).values
