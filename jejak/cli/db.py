"""`jejak db`: what an operator does to a SQLite store's file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from jejak.cli.outcomes import Exit, commands, examples
from jejak.settings import load_settings
from lrs.errors import ConfigurationError
from lrs.stores.sqlite import maintenance
from lrs.stores.sqlite.check import check as find_problems

_SCHEME = "sqlite:///"

db_app = commands("Migrate, back up, restore and check a SQLite store.")

Store = Annotated[
    str, typer.Option("--store", help="sqlite:////absolute/path, sqlite:///relative/path, or a path; without it the settings' store.")
]


@db_app.command(epilog=examples("jejak db migrate"))
def migrate(store: Store = "") -> None:
    """Creates the store, or brings it to the schema of this version."""
    path = store_path(store)
    maintenance.migrate(path)
    typer.echo(f"{path} is up to date", err=True)


@db_app.command(epilog=examples("jejak db backup /var/backups/jejak-2026-11-24"))
def backup(
    target: Annotated[Path, typer.Argument(help="The folder to make; it must not be there yet, or be empty.")], store: Store = ""
) -> None:
    """Copies one moment of the store, attachments and key file included, while servers read and write."""
    with _progress() as progress:
        maintenance.backup(_existing(store), target, progress)
    typer.echo(f"backed up to {target}", err=True)


@db_app.command(epilog=examples("jejak db restore /var/backups/jejak-2026-11-24", "jejak db restore --force backup"))
def restore(
    source: Annotated[Path, typer.Argument(help="The folder that `backup` made.")],
    store: Store = "",
    force: Annotated[bool, typer.Option("--force", help="Move a store that is in the way aside.")] = False,
) -> None:
    """Puts a backup in place. The server must be stopped. Nothing is overwritten: what is there is moved aside, and only with --force."""
    path = store_path(store)
    maintenance.restore(source, path, force=force)
    typer.echo(f"restored to {path}", err=True)


@db_app.command(epilog=examples("jejak db check && echo whole"))
def check(store: Store = "") -> None:
    """Proves that the store is whole, or tells line by line what is wrong. A server may run meanwhile."""
    path = _existing(store)
    problems = find_problems(path)
    for problem in problems:
        typer.echo(problem)
    typer.echo(f"{path}: {len(problems) or 'no'} problem{'' if len(problems) == 1 else 's'}", err=True)
    if problems:
        raise typer.Exit(Exit.FAILED)


def store_path(store: str) -> Path:
    """The file that `store` names, or that the settings name when it is empty. Raises ConfigurationError when that is no SQLite store."""
    path: Path | None = Path(store.removeprefix(_SCHEME))
    if not store:
        path = load_settings().sqlite_path
    elif not store.startswith(_SCHEME) and ":" in store:
        path = None
    if path is None:
        raise ConfigurationError("this store is not a SQLite file; name one with --store sqlite:////path")
    return path


def _existing(store: str) -> Path:
    path = store_path(store)
    if not path.exists():
        raise ConfigurationError(f"there is no store at {path}; JEJAK_DATA_DIR, JEJAK_STORE or --store say where it is")
    return path


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar of pages on standard error, when that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    columns = (TextColumn("copying"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
