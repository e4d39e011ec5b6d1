"""`jejak rebuild`: completions and hours made anew from the statements; the difference is shown before anything changes."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from credentials.services.projection.rebuilding import Difference, Rebuild
from jejak import VERSION
from jejak.cli.collector import without_collector
from jejak.cli.opened import with_product
from jejak.cli.outcomes import Exit, examples, single
from jejak.cli.printed import AsJson
from jejak.cli.secret_input import confirmed
from jejak.composition import Product

EXAMPLES = examples("jejak rebuild --dry-run", "jejak rebuild", "jejak rebuild --yes --json")
_SHOWN = 20  # differences


def rebuild_command(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference and change nothing.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Begin with the first statement, also when an earlier run was interrupted.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Reads every statement and decision anew, shows what differs from what stands, and puts it right when you say so.

    It signs nothing, and issues no certificate a second time. A running server may go on. One that was interrupted while it read goes on
    from there.
    """
    if with_product(lambda product: _rebuild(product, dry_run, anew, yes, as_json)) and dry_run:
        raise typer.Exit(Exit.FAILED)


async def _rebuild(product: Product, dry_run: bool, anew: bool, yes: bool, as_json: bool) -> int:
    """How many differences there were."""
    await product.credentials.projector.drain()
    with _bars() as tell, without_collector():
        rebuild = Rebuild(product.credentials.equipment, tell, VERSION)
        await rebuild.read(anew=anew)
        found = [one async for one in rebuild.differences()]
    _show(found, rebuild, as_json)
    if dry_run or not found:
        await rebuild.abandon()
        return len(found)
    try:
        confirmed(yes, f"Put these {len(found):,} right?")
    except BaseException:
        await rebuild.abandon()
        raise
    await rebuild.apply(found)
    await product.credentials.projector.drain()
    typer.echo("done: what stands is what the statements say", err=True)
    return len(found)


def _show(found: list[Difference], rebuild: Rebuild, as_json: bool) -> None:
    if as_json:
        for one in found:
            typer.echo(orjson.dumps(one))
        return
    kinds, done = Counter(one.kind for one in found), rebuild.done
    resumed = f" (going on after {done.resumed:,}, where an earlier run ended)" if done.resumed else ""
    typer.echo(f"read {done.statements:,} statements{resumed}, judged {done.judged:,} persons and batches")
    typer.echo(", ".join(f"{kind}: {count:,}" for kind, count in sorted(kinds.items())) or "no difference")
    for one in found[:_SHOWN]:
        typer.echo(f"  {one.kind:<14} person {one.person}  batch {one.batch}  {one.jp:+d} JP")
    if len(found) > _SHOWN:
        typer.echo(f"  and {len(found) - _SHOWN:,} more; --json lists them all")


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each part of the work, on standard error, when that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of)
            bars.update(tasks[what], completed=done, total=of)

        yield tell


rebuild_app = single(rebuild_command, EXAMPLES)
