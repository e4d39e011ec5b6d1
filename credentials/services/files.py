"""Taking in evidence: bounded, kept by hash, its type found from its bytes; and giving it out to who may see a case that names it."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

from credentials.access.principal import Principal
from credentials.ports.records import Keep
from credentials.services.deciding import Deciding
from credentials.stores.files import CONTENTS, UPLOADS, FileContent, FileRecords, Upload
from lrs.clock import Clock
from lrs.errors import InvalidRequestError, NotFoundError, TooLargeError, TooManyRequestsError, UnsupportedMediaTypeError

_TYPES = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_MOST_A_DAY = 200  # files that one actor brings in 24 hours
_DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Files:
    """`most_bytes`: of one file."""

    store: FileRecords
    deciding: Deciding
    clock: Clock
    most_bytes: int

    async def bring(self, principal: Principal, content: bytes) -> Upload:
        """The same file again is the same. Raises TooLargeError, UnsupportedMediaTypeError, TooManyRequestsError."""
        if not content:
            raise InvalidRequestError("the file is empty", where="body")
        if len(content) > self.most_bytes:
            raise TooLargeError(f"a file has at most {self.most_bytes:,} bytes (JEJAK_LIMIT_EVIDENCE)", where="body")
        media_type = media_type_of(content)
        now = self.clock.now_us()
        if len(await self.store.recent(principal.actor, max(0, now - _DAY), _MOST_A_DAY)) >= _MOST_A_DAY:
            raise TooManyRequestsError(f"at most {_MOST_A_DAY} files in 24 hours", retry_after=3_600)
        digest = (await asyncio.to_thread(hashlib.sha256, content)).hexdigest()
        upload = Upload(digest, principal.actor, now, media_type, len(content))
        await self.store.records.commit(Keep(CONTENTS, FileContent(digest, content)), Keep(UPLOADS, upload))
        return upload

    async def of_case(self, principal: Principal, case_id: str, digest: str, reason: str = "") -> tuple[str, bytes]:
        """Media type and bytes of a file that the case names. Raises NotFoundError, for a case outside the principal's reach too."""
        case = await self.deciding.seen(principal, case_id, reason)
        upload = await self.store.any_upload(digest) if digest in case.evidence else None
        content = await self.store.content(digest) if upload is not None else None
        if upload is None or content is None:
            raise NotFoundError("the case has no such file; one that was erased after its time is gone", where="digest")
        return upload.media_type, content


def media_type_of(content: bytes) -> str:
    """By its first bytes. Raises UnsupportedMediaTypeError for what is none of the types that are taken."""
    for start, media_type in _TYPES.items():
        if content.startswith(start):
            return media_type
    raise UnsupportedMediaTypeError("evidence is a PDF, a PNG or a JPEG", where="body")
