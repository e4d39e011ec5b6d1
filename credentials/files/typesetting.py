"""Setting a certificate's page by its template, in a process of its own: what it may use, and what becomes of a template that is wrong."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2

from credentials.certificate.qr import qr_svg
from credentials.errors import TemplateError
from credentials.files.facts import REQUIRED
from credentials.files.typesetters import AT_ONCE, Typesetters

MOST_TEMPLATE = 200_000  # bytes of a template's text
MOST_LOGO = 1_000_000  # bytes of a logo
BUNDLED = (Path(__file__).parent / "templates" / "certificate.typ").read_text(encoding="utf-8")

# The bundled frame attaches what a verifier wants to read; the template is the rest.
_FRAME = """#pdf.attach("credential.json", relationship: "data", mime-type: "application/json", description: "Open Badges 3.0")
#pdf.attach("credential.jwt.txt", relationship: "alternative", mime-type: "text/plain", description: "vc+jwt")
"""
_PROOF = '#pdf.attach("log-proof.txt", relationship: "supplement", mime-type: "text/plain", description: "tlog-proof")\n'
_BODY = '#include "template.typ"\n'


@dataclass(frozen=True, slots=True)
class Logo:
    """`ending`: "png", "svg" or "jpg"."""

    content: bytes
    ending: str


@dataclass(frozen=True, slots=True)
class Template:
    """A provider's own, or the bundled one. `source` in Typst's language."""

    source: str = BUNDLED
    provider_logo: Logo | None = None
    agency_logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page is set of. `facts`: see `facts_of`; `qr`: the text of the symbol; `document`, `token` and the log's `proof`:
    what is attached."""

    facts: dict[str, str]
    qr: str
    document: bytes
    token: str
    proof: str = ""


@dataclass(slots=True)
class Typesetting:
    """A bounded number of typesetters at once; others wait."""

    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _typesetters: Typesetters = field(default_factory=Typesetters)

    async def page(self, template: Template, sheet: Sheet) -> bytes:
        """The PDF, not signed. Raises TemplateError with Typst's own words about the template."""
        async with self._turns:
            return await asyncio.to_thread(self._page, template, sheet)

    def _page(self, template: Template, sheet: Sheet) -> bytes:
        files = _of_template(template)
        key = hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in files.values())).digest()
        return self._typesetters.page(key, files | _of_sheet(sheet))

    async def preview(self, template: Template) -> bytes:
        """The page of an invented certificate, once it is certain that the template shows every field that it must.

        Raises TemplateError that names those that are missing.
        """
        if len(template.source.encode("utf-8")) > MOST_TEMPLATE:
            raise TemplateError(f"a template has at most {MOST_TEMPLATE:,} bytes", where="source")
        for where, logo in (("provider_logo", template.provider_logo), ("agency_logo", template.agency_logo)):
            if logo is not None and len(logo.content) > MOST_LOGO:
                raise TemplateError(f"a logo has at most {MOST_LOGO:,} bytes", where=where)
        marks = {name: f"X{place}Q{place * 7919 % 9973}X" for place, name in enumerate(REQUIRED)}
        others = ("batch", "issued", "competences", "criteria", "provider_number", "replaces", "link", "seal")
        facts = marks | dict.fromkeys(others, "")
        page = await self.page(template, Sheet(facts, "https://contoh.test/v/contoh", b"{}", "contoh"))
        shown = await asyncio.to_thread(_words, page)
        if missing := [name for name, mark in marks.items() if mark not in shown]:
            raise TemplateError(f"the template does not show: {', '.join(missing)}", where="source")
        return page


def _of_template(template: Template) -> dict[str, bytes]:
    logos = {"provider": template.provider_logo, "agency": template.agency_logo}
    named = {name: f"{name}.{logo.ending}" if logo is not None else "" for name, logo in logos.items()}
    pictures = {named[name]: logo.content for name, logo in logos.items() if logo is not None}
    return {"template.typ": template.source.encode("utf-8"), "logos.json": json.dumps(named).encode("ascii"), **pictures}


def _of_sheet(sheet: Sheet) -> dict[str, bytes]:
    main = _FRAME + (_PROOF if sheet.proof else "") + _BODY
    texts = {
        "main.typ": main,
        "facts.json": json.dumps(sheet.facts, ensure_ascii=False),
        "qr.svg": qr_svg(sheet.qr),
        "credential.jwt.txt": sheet.token,
        "log-proof.txt": sheet.proof,
    }
    return {name: text.encode("utf-8") for name, text in texts.items()} | {"credential.json": sheet.document}


def _words(page: bytes) -> str:
    document = pypdfium2.PdfDocument(page)
    try:
        return "".join(one.get_textpage().get_text_bounded() for one in document)
    finally:
        document.close()
