"""`jejak statements`: statements as NDJSON out of any LRS, into any LRS, or only looked at."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from jejak.cli.lrs_client import Access, LrsClient, Params, RefusedError, UnreachableError
from jejak.cli.outcomes import Exit, commands, examples
from jejak.cli.printed import AsJson
from jejak.cli.upload import LineError, StateError, StateFile, upload
from lrs.errors import SenderError
from lrs.xapi.statements import parse_statements
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version, parse_version_header

_SECRET = "JEJAK_SECRET"  # noqa: S105  # the variable's name

statements_app = commands("Statements as NDJSON: read them, write them, check them.")


class Format(StrEnum):
    EXACT = "exact"
    IDS = "ids"
    CANONICAL = "canonical"


Url = Annotated[str, typer.Option("--url", help="Where the LRS is, for instance http://127.0.0.1:8000/xapi")]
Key = Annotated[str, typer.Option("--key", help="The client's key. Its secret comes from the variable JEJAK_SECRET or --secret-file.")]
SecretFile = Annotated[Path | None, typer.Option("--secret-file", help="A file that holds the secret and nothing else.")]
XapiVersion = Annotated[str, typer.Option("--xapi-version", help="1.0.3 or 2.0.0")]


@statements_app.command(
    epilog=examples("jejak statements validate < export.ndjson", "jejak statements validate --xapi-version 2.0.0 < export.ndjson")
)
def validate(xapi_version: XapiVersion = "1.0.3") -> None:
    """Checks the statements on standard input, one a line, by every rule of the specification. Tells each line that breaks one."""
    version = _version(xapi_version)
    count = wrong = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        count += 1
        problem = check_line(line, version)
        if problem:
            wrong += 1
            typer.echo(f"line {number}: {problem}")
    typer.echo(f"{count} statements, {wrong} not valid", err=True)
    if wrong:
        raise typer.Exit(Exit.FAILED)


@statements_app.command(
    epilog=examples(
        "export JEJAK_SECRET=...",
        "jejak statements write --url http://127.0.0.1:8000/xapi --key K < export.ndjson",
        "jejak statements write --url https://lrs.example/xapi --key K --state export.state < export.ndjson",
    )
)
def write(
    url: Url,
    key: Key,
    secret_file: SecretFile = None,
    batch: Annotated[int, typer.Option(min=1, max=10_000, help="Statements in one request.")] = 100,
    state: Annotated[Path | None, typer.Option(help="Remembers how far it came; called again with it, the rest is written.")] = None,
    xapi_version: XapiVersion = "1.0.3",
) -> None:
    """Writes the statements on standard input, one a line, to an LRS. Can be broken off and called again: nothing is stored twice."""
    access = Access(url, key, secret_from(secret_file), _version(xapi_version).value)
    with _told(), LrsClient(access) as client, _progress(sys.stdin.buffer) as progress:
        count, skipped = upload(sys.stdin.buffer, client, StateFile(state, url, key), batch, progress)
    typer.echo(f"{count} statements written" + (f", {skipped} lines were stored before" if skipped else ""), err=True)


@statements_app.command(
    epilog=examples(
        "jejak statements read --url http://127.0.0.1:8000/xapi --key K --secret-file k.txt > all.ndjson",
        "jejak statements read --url https://lrs.example/xapi --key K --verb http://adlnet.gov/expapi/verbs/passed --limit 10",
    )
)
def read(
    url: Url,
    key: Key,
    secret_file: SecretFile = None,
    agent: Annotated[str, typer.Option(help='JSON of an agent: \'{"mbox":"mailto:sari@peserta.test"}\'')] = "",
    verb: Annotated[str, typer.Option(help="IRI of a verb.")] = "",
    activity: Annotated[str, typer.Option(help="IRI of an activity.")] = "",
    registration: Annotated[str, typer.Option(help="UUID of a registration.")] = "",
    related_activities: Annotated[bool, typer.Option("--related-activities", help="The activity anywhere in the statement.")] = False,
    related_agents: Annotated[bool, typer.Option("--related-agents", help="The agent anywhere in the statement.")] = False,
    since: Annotated[str, typer.Option(help="Stored after this moment (ISO 8601).")] = "",
    until: Annotated[str, typer.Option(help="Stored at or before this moment.")] = "",
    ascending: Annotated[bool, typer.Option("--ascending", help="Oldest first.")] = False,
    format: Annotated[Format, typer.Option("--format", help="How much of agents, activities and verbs is told.")] = Format.EXACT,
    language: Annotated[str, typer.Option(help="Accept-Language, for --format canonical.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Stop after so many; 0: all.")] = 0,
    page_size: Annotated[int, typer.Option(min=0, help="Statements a request; 0: as many as the LRS likes.")] = 0,
    xapi_version: XapiVersion = "1.0.3",
) -> None:
    """Reads statements from an LRS, page after page, and writes them to standard output, one a line."""
    texts = {"agent": agent, "verb": verb, "activity": activity, "registration": registration, "since": since, "until": until}
    flags = {"related_activities": related_activities, "related_agents": related_agents, "ascending": ascending}
    params: Params = {name: value for name, value in texts.items() if value} | {name: "true" for name, value in flags.items() if value}
    if format is not Format.EXACT:
        params["format"] = format.value
    if page_size or limit:
        params["limit"] = str(min(size for size in (page_size, limit) if size))
    access = Access(url, key, secret_from(secret_file), _version(xapi_version).value)
    with _told(), LrsClient(access) as client:
        _print_pages(client.pages(params, language), limit)


@statements_app.command(epilog=examples("jejak statements signatures 8f87ccde-bb56-4c2e-ab83-44982ef22df0"))
def signatures(
    statement: Annotated[str, typer.Argument(metavar="ID", help="UUID of a statement of this machine's store.")],
    as_json: AsJson = False,
) -> None:
    """Tells of each signature of a stored statement whether it fits and how far its certificate is trusted."""
    from jejak.cli.signatures import show_signatures

    show_signatures(statement, as_json=as_json)


def check_line(line: bytes, version: Version) -> str:
    """What is wrong with the statement on `line`, "" when nothing is."""
    try:
        parse_statements(line.strip(), version, JsonLimits(), 1)
    except SenderError as error:
        return (f"{error.where}: " if error.where else "") + error.message + (f" ({error.clause})" if error.clause else "")
    return ""


def _print_pages(pages: Iterator[list[bytes]], limit: int) -> None:
    """One statement a line; line breaks between the tokens of one become spaces, inside its strings JSON has none."""
    left = limit
    for page in pages:
        for statement in page[:left] if limit else page:
            sys.stdout.buffer.write(statement.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n")
        sys.stdout.buffer.flush()
        left -= len(page)
        if limit and left <= 0:
            return


def _version(text: str) -> Version:
    try:
        return parse_version_header(text)
    except SenderError as error:
        _stop(error.message, Exit.MISUSED)


def secret_from(file: Path | None) -> str:
    """Never an argument: other users of the machine can see those."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            _stop(f"{file} cannot be read", Exit.MISUSED)
    secret = os.environ.get(_SECRET, "")
    if not secret:
        _stop(f"no secret: set {_SECRET}, or name a file with --secret-file", Exit.MISUSED)
    return secret


@contextmanager
def _told() -> Iterator[None]:
    """Errors end the command with one line and their exit code."""
    try:
        yield
    except LineError as error:
        _stop(str(error), Exit.FAILED)
    except StateError as error:
        _stop(str(error), Exit.MISUSED)
    except RefusedError as error:
        _stop(str(error), Exit.MISUSED if error.status in (401, 403, 404) else Exit.FAILED)
    except UnreachableError as error:
        _stop(str(error), Exit.UNREACHABLE)


@contextmanager
def _progress(stream: BinaryIO) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, when that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda end, count: None
        return
    columns = (TextColumn("{task.fields[count]:,} statements"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=_size(stream), count=0)
        yield lambda end, count: bar.update(task, completed=end, count=count)


def _size(stream: BinaryIO) -> int | None:
    """Bytes of a regular file, None for a pipe."""
    try:
        return os.fstat(stream.fileno()).st_size or None
    except OSError:
        return None


def _stop(message: str, code: Exit) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)
