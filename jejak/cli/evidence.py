"""`jejak evidence`: why somebody has, or has not, completed a batch; and what could not be processed."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import orjson
import typer

from credentials.services.explaining import Explaining
from credentials.services.parking import Parking
from credentials.stores.dossiers import Parked
from jejak.cli.opened import with_product
from jejak.cli.outcomes import Exit, commands, examples
from jejak.cli.printed import AsJson, print_rows
from jejak.composition import Product
from lrs.errors import ConflictError

_TRIES, _PAUSE_SECONDS = 20, 0.1
evidence_app = commands("Why somebody has completed a batch, or what is missing; and what could not be processed.")


@evidence_app.command(
    epilog=examples("jejak evidence explain --person 4f1c… --batch pbj-1", "jejak evidence explain --person 4f1c… --batch pbj-1 --json")
)
def explain(
    person: Annotated[str, typer.Option("--person", help="The person's internal id.")],
    batch: Annotated[str, typer.Option("--batch", help="The batch's id.")],
    as_json: AsJson = False,
) -> None:
    """What is satisfied, what is missing, which statements were used, and why others do not count."""
    told: dict[str, Any] = with_product(lambda product: Explaining(product.credentials.equipment).explain(person, batch))
    if as_json:
        typer.echo(orjson.dumps(told))
        return
    for line in _lines(told):
        typer.echo(line)


@evidence_app.command(epilog=examples("jejak evidence parked", "jejak evidence parked --json"))
def parked(as_json: AsJson = False) -> None:
    """Statements and judgements that could not be processed, each with its reason."""
    page = with_product(lambda product: Parking(product.credentials.equipment).parked(limit=1_000))
    print_rows([asdict(one) for one in page.values], ("kind", "id", "batch", "reason"), as_json=as_json)


@evidence_app.command(epilog=examples("jejak evidence replay statement 0192a000-0000-7000-8000-000000000001"))
def replay(
    kind: Annotated[str, typer.Argument(help="statement, judgement or look, as listed.")],
    id: Annotated[str, typer.Argument(help="The id, as listed.")],
    batch: Annotated[str, typer.Option("--batch", help="The batch, as listed.")] = "",
) -> None:
    """Tries again what was parked, once its cause is mended. A running server may go on."""
    again = with_product(lambda product: _replayed(product, kind, id, batch))
    if again is not None:
        typer.echo(f"{kind} {id} is parked again: {again.reason}", err=True)
        raise typer.Exit(Exit.FAILED)
    typer.echo(f"{kind} {id} is no longer parked", err=True)


async def _replayed(product: Product, kind: str, id: str, batch: str) -> Parked | None:
    """As it is parked again; None when all went well."""
    parking = Parking(product.credentials.equipment)
    for left in reversed(range(_TRIES)):
        try:
            await parking.replay(kind, id, batch)
            break
        except ConflictError:  # a server's projector was faster
            if not left:
                raise
            await asyncio.sleep(_PAUSE_SECONDS)
    await product.credentials.projector.drain()
    return await parking.found(kind, id, batch)


def _lines(told: dict[str, Any]) -> list[str]:
    """For people."""
    lines = [f"{told['outcome']}" + (f": {', '.join(told['reasons'])}" if told["reasons"] else "")]
    for one in told.get("conditions", ()):
        mark = "satisfied" if one["satisfied"] else "missing  "
        lines.append(f"  {mark}  {one['title']['en']} ({one['have']:g} of {one['need']:g})")
        lines += [f"             {statement}" for statement in one["statements"]]
    if told.get("learned_on"):
        lines.append(f"  complete on {told['learned_on']}; days of learning: {', '.join(str(day['on']) for day in told['days']) or 'none'}")
    for one in told.get("set_aside", ()):
        lines.append(f"  does not count: {one['statement']} of {one['at'][:10]}: {one['why']}")
    return lines
