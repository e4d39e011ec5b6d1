"""What everybody may fetch, as files: DID documents, status lists, the issuance log. Any web server can serve them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson

from credentials.certificate.status import Purpose, list_address
from credentials.keys import IssuerKeys
from credentials.log.note import parse_checkpoint, parse_note
from credentials.log.tiles import HEIGHT, WIDTH, TilePath, tile_path
from credentials.ports.records import Records, scan_all
from credentials.services.log import IssuanceLog
from credentials.stores.certificates import SIGNED_LISTS
from lrs.ports import ClientStore

_PREFIX = "issuers"


@dataclass(frozen=True, slots=True)
class Publishing:
    """The same bytes as over HTTP."""

    records: Records
    providers: ClientStore
    keys: IssuerKeys
    log: IssuanceLog

    async def files(self) -> AsyncIterator[tuple[str, bytes]]:
        """(path under the public address, content). What a file needs comes before it: keys before lists, tiles before their checkpoint."""
        for provider in await self.providers.providers():
            document = await self.keys.did_document(provider.id)
            if document is not None:
                yield f"{_PREFIX}/{provider.id}/did.json", orjson.dumps(document)
                async for one in self._lists(provider.id):
                    yield one
        async for one in self._log():
            yield one

    async def _lists(self, provider: str) -> AsyncIterator[tuple[str, bytes]]:
        for signed in await scan_all(self.records, SIGNED_LISTS, prefix=(provider,)):
            path = list_address(f"{_PREFIX}/{provider}", Purpose(signed.purpose), signed.list)
            yield path, signed.document
            yield f"{path}.jwt", signed.token.encode("ascii")

    async def _log(self) -> AsyncIterator[tuple[str, bytes]]:
        """As it is at the newest checkpoint that is served."""
        cosigned, head = await self.log.last_cosigned(), await self.log.head()
        note = cosigned.note if cosigned else head.checkpoint if head else None
        if note is None:
            return
        size = parse_checkpoint(parse_note(note).text).size
        for level in (-1, *range(8)):
            there = size >> HEIGHT * max(level, 0)
            for index in range(-(-there // WIDTH)):
                asked = TilePath(level, index, min(WIDTH, there - index * WIDTH))
                yield f"log/tile/{tile_path(asked.level, asked.index, asked.width)}", await self.log.tile(asked)
        yield "log/key", ((await self.log.key()).text() + "\n").encode()
        yield "log/checkpoint", note.encode()
