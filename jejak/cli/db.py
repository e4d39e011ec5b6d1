"""`jejak db`: what an operator does to a SQLite store's file, or to the collections on MongoDB."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import apsw
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from credentials.stores.sqlite import records
from credentials.stores.sqlite.check import check_decisions
from jejak.cli.outcomes import Exit, commands, examples
from jejak.cli.secret_input import confirmed
from jejak.keyfile import KEY_FILE, key_mark, key_problem, server_key
from jejak.settings import MONGODB, load_settings
from lrs.errors import ConfigurationError, NotFoundError, OperatorError
from lrs.stores.sqlite import maintenance
from lrs.stores.sqlite.check import check as find_problems
from lrs.stores.sqlite.restore import restore as put_in_place

_SCHEME = "sqlite:///"

db_app = commands("Migrate a store; back up, restore and check a SQLite store.")

Store = Annotated[
    str, typer.Option("--store", help="sqlite:////absolute/path, sqlite:///relative/path, or a path; without it the settings' store.")
]


KeyFile = Annotated[
    Path | None,
    typer.Option("--key-file", help=f"Where the server's {KEY_FILE} is; without it JEJAK_DATA_DIR, with --store the database's folder."),
]


@db_app.command(epilog=examples("jejak db migrate", "jejak db migrate --store mongodb://db1.example,db2.example/jejak"))
def migrate(store: Store = "") -> None:
    """Creates the store, or brings it to the schema of this version; on MongoDB: the collections and indexes."""
    address = store or load_settings().store
    if address.startswith(MONGODB):
        from jejak import mongo  # here: see there

        name = asyncio.run(mongo.migrate_mongo(address, mongo.cluster_options(load_settings())))
        typer.echo(f"the database {name} is up to date", err=True)
        return
    path = store_path(store)
    maintenance.migrate(path, ((records.NAMESPACE, records.MIGRATIONS),))
    typer.echo(f"{path} is up to date", err=True)


@db_app.command(
    epilog=examples(
        "jejak db backup /var/backups/jejak-2026-11-24",
        "jejak db backup /mnt/elsewhere/jejak --without-key",
        "jejak db backup backup --store sqlite:////srv/db/jejak.sqlite3 --key-file /srv/jejak/secret.key",
    )
)
def backup(
    target: Annotated[Path, typer.Argument(help="The folder to make; it must not be there yet, or be empty.")],
    store: Store = "",
    key_file: KeyFile = None,
    without_key: Annotated[bool, typer.Option("--without-key", help="Leave the key file out; keep it elsewhere.")] = False,
) -> None:
    """Copies one moment of the store, attachments and key file included, while servers read and write."""
    path = _existing(store)
    key, mark = key_path(store, path, key_file), maintenance.key_mark_of(path)
    problem = key_problem(key, mark)
    if problem and not without_key:
        raise NotFoundError(f"{problem}; or name it with --key-file, or leave it out with --without-key")
    takes_key = mark is not None and not without_key
    with _progress() as progress:
        maintenance.backup(path, target, progress, key=key if takes_key else None)
    told = f"with its key file {target / KEY_FILE}: keep the folder as safe as the server" if takes_key else "without a key file"
    typer.echo(f"backed up to {target}, {told}", err=True)


@db_app.command(epilog=examples("jejak db restore /var/backups/jejak-2026-11-24", "jejak db restore --force backup"))
def restore(
    source: Annotated[Path, typer.Argument(help="The folder that `backup` made.")],
    store: Store = "",
    key_file: KeyFile = None,
    without_key: Annotated[bool, typer.Option("--without-key", help="Leave the key file where it is.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Move a store, or another key file, that is in the way aside.")] = False,
) -> None:
    """Puts a backup in place. The server must be stopped. Nothing is overwritten: what is there is moved aside, and only with --force."""
    path = store_path(store)
    key = key_path(store, path, key_file)
    for moved in put_in_place(source, path, key=None if without_key else key, force=force):
        typer.echo(f"moved aside: {moved}", err=True)
    problem = key_problem(key, maintenance.key_mark_of(path))
    typer.echo(f"restored to {path}" + (f"; but {problem}" if problem else f"; key file: {key}"), err=True)


@db_app.command(epilog=examples("jejak db check && echo whole", "jejak db check --store backup/jejak.sqlite3"))
def check(store: Store = "", key_file: KeyFile = None) -> None:
    """Proves that the store is whole, or tells line by line what is wrong; its key file too. A server may run meanwhile."""
    path = _existing(store)
    problems = find_problems(path)
    with suppress(OperatorError, apsw.Error):  # a file that cannot be read at all was told of above
        problems += check_decisions(path)
        problems += filter(None, [key_problem(key_path(store, path, key_file), maintenance.key_mark_of(path))])
    for problem in problems:
        typer.echo(problem)
    typer.echo(f"{path}: {len(problems) or 'no'} problem{'' if len(problems) == 1 else 's'}", err=True)
    if problems:
        raise typer.Exit(Exit.FAILED)


@db_app.command("accept-key", epilog=examples("jejak db accept-key --yes"))
def accept_key(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Where the key file is lost for good: takes the one that is there, or a new one, from now on.

    Every secret must be made anew then (admin reset, client rotate); issuers' keys that were sealed with the old one stay closed.
    """
    confirmed(yes, "Is the old key file lost for good, in every backup too?")
    path = _existing("")
    key = server_key(load_settings().data_dir)
    maintenance.set_key_mark(path, key_mark(key))
    typer.echo(f"{path} goes with the present key file now; make the secrets anew", err=True)


def key_path(store: str, path: Path, key_file: Path | None) -> Path:
    """Where the key file of the store at `path` should be: as said, beside a store that was named, else in the data folder."""
    if key_file is not None:
        return key_file
    return path.with_name(KEY_FILE) if store else load_settings().data_dir / KEY_FILE


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
