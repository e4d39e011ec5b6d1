"""`jejak certificate zip`: the files of a whole batch at once."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from credentials.certificate.issued import Certificate
from jejak.cli.opened import with_product
from jejak.cli.outcomes import examples
from jejak.composition import Product
from lrs.errors import NotFoundError

_AT_ONCE = 3  # pages: while one is sealed, others are set


EXAMPLES = examples("jejak certificate zip pbj-1 sertifikat-pbj-1.zip")


def zip_command(
    batch: Annotated[str, typer.Argument(help="Id of the batch (angkatan).")],
    file: Annotated[Path, typer.Argument(help="ZIP file; one that is there already is gone on with.")],
) -> None:
    """Writes every certificate of a batch into one ZIP: PDF, JSON and token. Run again, it goes on where it stopped.

    While pages are made they lie in FILE.parts; the ZIP appears when all are there.
    """
    made, there = with_product(lambda product: _write(product, batch, file))
    typer.echo(f"{made} certificates written, {there} were there already: {file}")


async def _write(product: Product, batch: str, file: Path) -> tuple[int, int]:
    filing = product.credentials.certificates.filing
    certificates = [one async for one in filing.of_batch(batch)]
    if not certificates:
        raise NotFoundError(f"the batch {batch} has no certificates")
    present = _names(file)
    missing = [one for one in certificates if not set(_contents(one)) <= present]
    parts = file.with_name(file.name + ".parts")
    with Progress(disable=not sys.stdout.isatty()) as progress:
        task = progress.add_task("certificates", total=len(certificates), completed=len(certificates) - len(missing))
        waiting, made = iter(missing), await asyncio.to_thread(_pages, parts) if missing else frozenset()

        async def make() -> None:
            for one in waiting:
                if one.id not in made:
                    await asyncio.to_thread(_keep, parts / f"{one.id}.pdf", await filing.pdf(one))
                progress.advance(task)

        await asyncio.gather(*(make() for _ in range(_AT_ONCE)))
    if missing:
        await asyncio.to_thread(_assemble, file, parts, missing, present)
    return len(missing), len(certificates) - len(missing)


def _keep(path: Path, page: bytes) -> None:
    """Under its name only when it is whole: what is there needs not be made again."""
    draft = path.with_suffix(".draft")
    draft.write_bytes(page)
    draft.replace(path)


def _pages(parts: Path) -> frozenset[str]:
    """Ids of those that were made before."""
    parts.mkdir(exist_ok=True)
    return frozenset(path.stem for path in parts.glob("*.pdf"))


def _names(file: Path) -> frozenset[str]:
    """What is in it. One that is damaged is put aside and begun anew."""
    if not file.exists():
        return frozenset()
    try:
        with zipfile.ZipFile(file) as archive:
            return frozenset(archive.namelist())
    except zipfile.BadZipFile:
        file.rename(file.with_name(file.name + ".damaged"))
        return frozenset()


def _contents(one: Certificate) -> dict[str, bytes]:
    """By name, without what the page is made of; the page's name comes with nothing."""
    return {f"{one.id}.pdf": b"", f"{one.id}.json": one.document, f"{one.id}.jwt": one.token.encode("ascii")}


def _assemble(file: Path, parts: Path, certificates: list[Certificate], present: frozenset[str]) -> None:
    """The archive, in place of the one that was there when it is whole; then the pages apart are of no more use."""
    draft = file.with_name(file.name + ".draft")
    draft.unlink(missing_ok=True)
    if present:
        shutil.copyfile(file, draft)
    with zipfile.ZipFile(draft, "a", zipfile.ZIP_DEFLATED) as archive:
        for one in certificates:
            for name, content in _contents(one).items():
                if name in present:
                    continue
                if name.endswith(".pdf"):
                    archive.write(parts / name, name, zipfile.ZIP_STORED)  # most of it is compressed already
                else:
                    archive.writestr(name, content)
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.replace(file)
    shutil.rmtree(parts)
