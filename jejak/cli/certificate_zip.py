"""`jejak certificate zip`: the files of a whole batch at once."""

from __future__ import annotations

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

_FORMS = ("pdf", "json", "jwt")


EXAMPLES = examples("jejak certificate zip pbj-1 sertifikat-pbj-1.zip")


def zip_command(
    batch: Annotated[str, typer.Argument(help="Id of the batch (angkatan).")],
    file: Annotated[Path, typer.Argument(help="ZIP file; one that is there already is gone on with.")],
) -> None:
    """Writes every certificate of a batch into one ZIP: PDF, JSON and token. Run again, it goes on where it stopped."""
    made, there = with_product(lambda product: _write(product, batch, file))
    typer.echo(f"{made} certificates written, {there} were there already: {file}")


async def _write(product: Product, batch: str, file: Path) -> tuple[int, int]:
    filing = product.credentials.certificates.filing
    certificates = [one async for one in filing.of_batch(batch)]
    if not certificates:
        raise NotFoundError(f"the batch {batch} has no certificates")
    present = _names(file)
    made = 0
    with Progress(disable=not sys.stdout.isatty()) as progress:
        task = progress.add_task("certificates", total=len(certificates))
        for one in certificates:
            if not {f"{one.id}.{form}" for form in _FORMS} <= present:
                _add(file, present, one, await filing.pdf(one))
                made += 1
            progress.advance(task)
    return made, len(certificates) - made


def _names(file: Path) -> frozenset[str]:
    """What is in it. A file that was cut off in the middle is begun anew."""
    if not file.exists():
        return frozenset()
    try:
        with zipfile.ZipFile(file) as archive:
            return frozenset(archive.namelist())
    except zipfile.BadZipFile:
        file.rename(file.with_name(file.name + ".damaged"))
        return frozenset()


def _add(file: Path, present: frozenset[str], one: Certificate, pdf: bytes) -> None:
    """One certificate whole: the archive's list is written after each, so that what is listed is there."""
    contents = {"pdf": pdf, "json": one.document, "jwt": one.token.encode("ascii")}
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        for form, content in contents.items():
            if f"{one.id}.{form}" not in present:
                archive.writestr(f"{one.id}.{form}", content)
