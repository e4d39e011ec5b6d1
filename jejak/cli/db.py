"""`jejak db`: what an operator does to a SQLite store's file.

Exit codes of all four: 0 done; 1 `check` found something; 2 the command was called wrongly (no store there, a target that is not empty,
a store in the way, settings that make no sense); 3 the store cannot be used now (disk full, locked, made by a newer version).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from jejak.settings import load_settings
from lrs.errors import ConfigurationError, LrsError, SenderError
from lrs.stores.sqlite import maintenance
from lrs.stores.sqlite.check import check as find_problems

_CODES = "\n\nExit codes: 0 done, 1 check found something, 2 called wrongly, 3 the store cannot be used now."
_FOUND, _MISUSED, _UNUSABLE = 1, 2, 3
_SCHEME = "sqlite:///"

db_app = typer.Typer(no_args_is_help=True, help="Migrate, back up, restore and check a SQLite store.", rich_markup_mode=None)

Store = Annotated[
    str, typer.Option("--store", help="sqlite:////absolute/path, sqlite:///relative/path, or a path; without it the settings' store.")
]


@db_app.command(epilog=f"\b\nExample:\n  jejak db migrate{_CODES}")
def migrate(store: Store = "") -> None:
    """Creates the store, or brings it to the schema of this version."""
    with _told():
        path = store_path(store)
        maintenance.migrate(path)
        typer.echo(f"{path} is up to date", err=True)


@db_app.command(epilog=f"\b\nExample:\n  jejak db backup /var/backups/jejak-2026-11-24{_CODES}")
def backup(
    target: Annotated[Path, typer.Argument(help="The folder to make; it must not be there yet, or be empty.")], store: Store = ""
) -> None:
    """Copies one moment of the store, attachments and key file included, while servers read and write."""
    with _told(), _progress() as progress:
        maintenance.backup(store_path(store), target, progress)
    typer.echo(f"backed up to {target}", err=True)


@db_app.command(epilog=f"\b\nExamples:\n  jejak db restore /var/backups/jejak-2026-11-24\n  jejak db restore --force backup{_CODES}")
def restore(
    source: Annotated[Path, typer.Argument(help="The folder that `backup` made.")],
    store: Store = "",
    force: Annotated[bool, typer.Option("--force", help="Move a store that is in the way aside.")] = False,
) -> None:
    """Puts a backup in place. The server must be stopped. Nothing is overwritten: what is there is moved aside, and only with --force."""
    with _told():
        path = store_path(store)
        maintenance.restore(source, path, force=force)
        typer.echo(f"restored to {path}", err=True)


@db_app.command(epilog=f"\b\nExample:\n  jejak db check && echo whole{_CODES}")
def check(store: Store = "") -> None:
    """Proves that the store is whole, or tells line by line what is wrong. A server may run meanwhile."""
    with _told():
        path = store_path(store)
        problems = find_problems(path)
        for problem in problems:
            typer.echo(problem)
        typer.echo(f"{path}: {len(problems) or 'no'} problem{'' if len(problems) == 1 else 's'}", err=True)
    if problems:
        raise typer.Exit(_FOUND)


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


@contextmanager
def _told() -> Iterator[None]:
    """Errors end the command with one line and their exit code."""
    try:
        yield
    except LrsError as error:
        typer.echo(error.message, err=True)
        misused = isinstance(error, (SenderError, ConfigurationError))
        raise typer.Exit(_MISUSED if misused else _UNUSABLE) from error


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
