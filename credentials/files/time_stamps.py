"""An RFC 3161 time-stamp service over HTTP, for pyHanko."""

from __future__ import annotations

import httpx
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.timestamps import TimeStamper

from credentials.errors import SealServiceError

_SECONDS = 10.0
_LONGEST = 100_000  # bytes of an answer


class HttpTimeStamps(TimeStamper):
    """`roots`: certificates that its answers may chain to; they go into the file, so that it can be checked long after."""

    def __init__(self, address: str, roots: tuple[asn1_x509.Certificate, ...]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # so in pyHanko
        self.roots = roots
        self._address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Raises SealServiceError: the PDF is made again when somebody asks again."""
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            async with httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client:
                answer = await client.post(self._address, content=req.dump(), headers=headers)
        except httpx.HTTPError as error:
            raise SealServiceError("the time-stamp service cannot be reached") from error
        if answer.status_code != 200 or len(answer.content) > _LONGEST:
            raise SealServiceError(f"the time-stamp service answered {answer.status_code}")
        try:
            return tsp.TimeStampResp.load(answer.content, strict=True)
        except ValueError as error:
            raise SealServiceError("the time-stamp service did not answer with a time stamp") from error
