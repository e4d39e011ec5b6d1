"""A witness over HTTP, as the log asks it."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from credentials.log.note import NoteKey
from credentials.services.cosigning import WitnessAnswer

_SECONDS = 10.0
_MOST_BYTES = 64_000  # of an answer


@dataclass(frozen=True, slots=True)
class HttpWitness:
    """See `credentials.services.cosigning.WitnessClient`. `url`: its submission prefix, without a slash. Redirects are not followed."""

    key: NoteKey
    url: str
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)

    async def add_checkpoint(self, body: str) -> WitnessAnswer:
        try:
            async with (
                httpx.AsyncClient(timeout=_SECONDS, transport=self.transport, trust_env=False) as client,
                client.stream("POST", f"{self.url}/add-checkpoint", content=body.encode()) as answer,
            ):
                content = b""
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > _MOST_BYTES:
                        return WitnessAnswer(0, "the answer has no end")
        except httpx.HTTPError as error:
            return WitnessAnswer(0, type(error).__name__)
        return WitnessAnswer(answer.status_code, content.decode("utf-8", "replace"))
