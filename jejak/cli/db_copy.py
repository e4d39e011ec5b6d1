"""`jejak db copy`: moving to another store, of the other engine too, while servers read and write."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from jejak.cli.db import db_app
from jejak.cli.outcomes import Exit, examples
from jejak.keyfile import KEY_FILE
from jejak.settings import load_settings
from lrs.errors import ConfigurationError

if TYPE_CHECKING:
    from jejak.copying import Compared, Side, Told

T = TypeVar("T")
_KEY_BY_HAND = f"the key file ({KEY_FILE}) is not copied: carry it by hand to the folder of the servers that use the target"


@db_app.command(
    "copy",
    epilog=examples(
        "jejak db copy --from sqlite:////srv/jejak/jejak.sqlite3 --to mongodb://db1.example,db2.example/jejak",
        "jejak db copy --from sqlite:////srv/jejak/jejak.sqlite3 --to mongodb://db1.example,db2.example/jejak --finish",
        "jejak db copy --from mongodb://db1.example/jejak --to sqlite:////srv/jejak/back.sqlite3 --abandon",
    ),
)
def copy(
    source: Annotated[str, typer.Option("--from", help="sqlite:////absolute/path or mongodb://host/name")],
    target: Annotated[str, typer.Option("--to", help="Empty, or an earlier copy of this very source; made where it is not there.")],
    finish: Annotated[
        bool, typer.Option("--finish", help="Let the source refuse writes, carry the rest over, compare, open the target.")
    ] = False,
    abandon: Annotated[bool, typer.Option("--abandon", help="Let the source accept writes again.")] = False,
) -> None:
    """Copies a whole store into another while servers read and write; broken off, it goes on where it was."""
    from jejak import moving  # here: it loads every table of the product

    if finish and abandon:
        raise ConfigurationError("--finish and --abandon contradict each other")
    if abandon:
        _run(source, target, moving.abandon, make=False)
        typer.echo("the source accepts writes again; the target is a copy that is not finished", err=True)
    elif finish:
        _finish(source, target)
    else:
        with _progress() as told:
            changed = _run(source, target, lambda ours, theirs: moving.copy(ours, theirs, told), make=True)
        typer.echo(f"carried over: {changed}. Run this again to come closer, and with --finish to end the move; {_KEY_BY_HAND}", err=True)


def _finish(source: str, target: str) -> None:
    from jejak import moving  # here: see `copy`

    with _progress() as told:
        compared = _run(source, target, lambda ours, theirs: moving.finish(ours, theirs, told), make=True)
    for one in compared:
        typer.echo(f"{one.name:32} {one.source.count:>12} {one.source.checksum}" + ("" if one.same else _differs(one)))
    if not all(one.same for one in compared):
        typer.echo(f"the target differs; {moving.STAYS_CLOSED}", err=True)
        raise typer.Exit(Exit.FAILED)
    typer.echo(f"all agree: clients can move to the target, and the source refuses writes from now on; {_KEY_BY_HAND}", err=True)


def _differs(one: Compared) -> str:
    return f" but in the target {one.target.count} {one.target.checksum}"


def _run(source: str, target: str, work: Callable[[Side, Side], Awaitable[T]], *, make: bool) -> T:
    async def run() -> T:
        from jejak.moving import opened

        settings = load_settings()
        async with opened(source, settings, make=False) as ours, opened(target, settings, make=make) as theirs:
            return await work(ours, theirs)

    return asyncio.run(run())


@contextmanager
def _progress() -> Iterator[Told]:
    """A bar on standard error, when that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda what, done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:

        def told(what: str, done: int, total: int | None) -> None:
            present = bar.tasks[-1] if bar.tasks else None
            if present is None or present.description != what:
                for task in bar.task_ids:
                    bar.remove_task(task)
                bar.add_task(what, completed=done, total=total)
            else:
                bar.update(present.id, completed=done, total=total)

        yield told
