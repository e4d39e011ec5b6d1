"""Certificates as PDF: made on demand outside the event loop, a few at once, and kept for a while."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from credentials.certificate.issued import Certificate
from credentials.errors import PrintingError
from credentials.keys import IssuerKeys
from credentials.printing import pades, words

_TEMPLATE = (Path(words.__file__).parent / "certificate.typ").read_text()
_SECONDS = 30.0  # of the clock; the process itself ends after ten of the processor
_AT_ONCE = 2
_MOST_KEPT = 200
_COMMAND = (sys.executable, "-m", "credentials.printing.setting")
_ROOT = Path(words.__file__).parents[2]


@dataclass(slots=True)
class Printing:
    """`url`: the verifier's public address."""

    url: str
    keys: IssuerKeys
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _kept: OrderedDict[str, bytes] = field(default_factory=OrderedDict)

    async def pdf(self, certificate: Certificate) -> bytes:
        """PDF/A-3b with the credential attached, signed (PAdES B-B). Raises PrintingError, KeyUnsealError."""
        if (found := self._kept.get(certificate.id)) is not None:
            self._kept.move_to_end(certificate.id)
            return found
        told = await asyncio.to_thread(words.printed_words, certificate, self.url)
        async with self._turns:
            made = await set_in_process(_TEMPLATE, told)
        der, signer = await self.keys.pdf_signer(certificate.provider, told["provider"])
        made = await pades.signed_pdf(made, der, signer, told["provider"])
        self._kept[certificate.id] = made
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return made


async def set_in_process(template: str, told: dict[str, object]) -> bytes:
    """The template, set in a process of its own that sees no environment. Raises PrintingError."""
    process = await asyncio.create_subprocess_exec(
        *_COMMAND,
        cwd=_ROOT,
        env={},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        asked = json.dumps({"template": template, "told": told}).encode()
        made, why = await asyncio.wait_for(process.communicate(asked), _SECONDS)
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise PrintingError("the template was not set in time") from error
    if process.returncode != 0 or not made.startswith(b"%PDF"):
        raise PrintingError(f"the template cannot be set: {why.decode('utf-8', 'replace')[:500] or 'its limits were reached'}")
    return made
