"""Setting a certificate's page by its template, in a process of its own: what it may use, and what becomes of a template that is wrong."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2

from credentials.certificate.qr import qr_svg
from credentials.errors import TemplateError
from credentials.files.facts import REQUIRED

SECONDS = 5  # of processor time for a page; the bundled template takes a third of one
MEMORY = 1_500_000_000  # bytes of address space; the typesetter's own code and fonts take most of it
MOST_TEMPLATE = 200_000  # bytes of a template's text
MOST_LOGO = 1_000_000  # bytes of a logo
_WAIT_SECONDS = 20.0  # by the clock on the wall
_AT_ONCE = 2  # typesetters of one server
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

    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def page(self, template: Template, sheet: Sheet) -> bytes:
        """The PDF, not signed. Raises TemplateError with Typst's own words about the template."""
        async with self._turns:
            with tempfile.TemporaryDirectory(prefix="jejak-page-") as name:
                folder = Path(name)
                await asyncio.to_thread(_lay_out, folder, template, sheet)
                await _run(folder)
                return await asyncio.to_thread((folder / "page.pdf").read_bytes)

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


def _lay_out(folder: Path, template: Template, sheet: Sheet) -> None:
    logos = {"provider": _logo(folder, "provider", template.provider_logo), "agency": _logo(folder, "agency", template.agency_logo)}
    files = {
        "main.typ": _FRAME + (_PROOF if sheet.proof else "") + _BODY,
        "template.typ": template.source,
        "facts.json": json.dumps(sheet.facts, ensure_ascii=False),
        "logos.json": json.dumps(logos),
        "qr.svg": qr_svg(sheet.qr),
        "credential.jwt.txt": sheet.token,
        "log-proof.txt": sheet.proof,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "credential.json").write_bytes(sheet.document)


def _logo(folder: Path, name: str, logo: Logo | None) -> str:
    if logo is None:
        return ""
    (folder / f"{name}.{logo.ending}").write_bytes(logo.content)
    return f"{name}.{logo.ending}"


async def _run(folder: Path) -> None:
    command = [sys.executable, "-m", "credentials.files.typesetter", str(folder), str(SECONDS), str(MEMORY)]
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
    try:
        _, told = await asyncio.wait_for(process.communicate(), _WAIT_SECONDS)
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise TemplateError("setting the page takes too long", where="source") from error
    if process.returncode:
        reason = told.decode("utf-8", "replace").strip().splitlines()
        raise TemplateError(reason[-1] if process.returncode == 1 and reason else "setting the page takes too much", where="source")


def _words(page: bytes) -> str:
    document = pypdfium2.PdfDocument(page)
    try:
        return "".join(one.get_textpage().get_text_bounded() for one in document)
    finally:
        document.close()
