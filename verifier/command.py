"""`python -m verifier check FILE…` and `python -m verifier serve`: a verifier that needs nothing but a trust list.

`jejak verify` is the same `check`. Exit codes of `check`: 0 every file is valid; 1 at least one is not (or none was found); 2 called
wrongly;
3 at least one could not be checked, or the trust list cannot be used.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from verifier.batch import Entry, Result, as_csv, check_all, file_entry, folder_entries, zip_entries
from verifier.errors import RefusedError
from verifier.language import OUTCOMES, STEPS, VERDICTS, Language
from verifier.report import Outcome
from verifier.sandbox.pool import Pool, PoolSize, default_size
from verifier.sources.fetching import Fetcher
from verifier.sources.live import LiveSources, live_sources
from verifier.sources.ports import Sources
from verifier.trust_file import TrustFile
from verifier.verdict import Verdict
from verifier.web.telling import report_json

VALID, INVALID, MISUSED, UNCHECKED = 0, 1, 2, 3
_COLOURS = {Verdict.VALID: "green", Verdict.CANNOT_CHECK: "yellow", Verdict.SUSPENDED: "yellow", Verdict.EXPIRED: "yellow"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says. `csv`: a path, "-" for standard output; `quiet`: verdicts only."""

    json: bool = False
    csv: str = ""
    quiet: bool = False
    at_once: int = 0


def standalone_sources(trust_list: str, root: Path | None, maps: Iterable[str], *, online: bool) -> LiveSources:
    """Raises TrustError."""
    return trusting(trust_list, root, maps, online=online)[0]


def trusting(trust_list: str, root: Path | None, maps: Iterable[str], *, online: bool) -> tuple[LiveSources, TrustFile]:
    """The sources, and the file that they trust. Raises TrustError."""
    exceptions = dict(one.partition("=")[::2] for one in maps)
    fetcher = Fetcher(exceptions, online)
    book = TrustFile(trust_list, root.read_bytes() if root is not None else None, fetcher)
    return live_sources(fetcher, book), book


def found_entries(paths: Iterable[Path]) -> list[Entry]:
    """Files as they are; folders and ZIP files by what is in them. Raises RefusedError."""
    entries: list[Entry] = []
    for path in paths:
        if path.is_dir():
            entries += folder_entries(path)
        elif path.suffix.lower() == ".zip" and path.is_file():
            entries += zip_entries(path.open("rb"))
        elif path.is_file():
            entries.append(file_entry(path))
        else:
            raise RefusedError("{path} is not there", path=path)
    return entries


def check_files(entries: list[Entry], sources: Sources, told: Language, asked: Asked) -> int:
    """Checks and tells; the exit code."""
    results = asyncio.run(_results(entries, sources, asked))
    if asked.csv == "-":
        print(as_csv(results, told), end="")
    elif asked.csv:
        Path(asked.csv).write_text(as_csv(results, told), encoding="utf-8-sig", newline="")
    if asked.json:
        print(json.dumps([{"file": result.name} | report_json(result.report) for result in results], ensure_ascii=False, indent=2))
    elif asked.csv != "-":
        _tell(results, told, quiet=asked.quiet)
    verdicts = {result.report.verdict for result in results}
    if verdicts - {Verdict.VALID, Verdict.CANNOT_CHECK}:
        return INVALID
    return UNCHECKED if Verdict.CANNOT_CHECK in verdicts else VALID


async def _results(entries: list[Entry], sources: Sources, asked: Asked) -> list[Result]:
    size = PoolSize(asked.at_once, 0) if asked.at_once else default_size()
    found: dict[int, Result] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True, disable=len(entries) < 2)
    async with Pool(sources, size).running() as pool:
        with progress:
            bar = progress.add_task("checking", total=len(entries))
            async for place, result in check_all(entries, pool, size.at_once):
                found[place] = result
                progress.advance(bar)
    return [found[place] for place in sorted(found)]


def _tell(results: list[Result], told: Language, *, quiet: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for result in results:
        report = result.report
        console.print(told.text(VERDICTS[report.verdict]), style=f"bold {_COLOURS.get(report.verdict, 'red')}", end="  ")
        console.print(result.name, markup=False, end="")
        if report.facts is not None:
            facts = report.facts
            hours = "" if facts.jp is None else f", {told.number(facts.jp)} JP"
            console.print(
                f": {facts.holder}, {facts.title}{hours}, {facts.provider or facts.claimed_provider or facts.issuer}", markup=False, end=""
            )
        console.print()
        if quiet or (len(results) > 1 and report.verdict is Verdict.VALID):
            continue
        for check in report.checks:
            if check.outcome is Outcome.FAILED or len(results) == 1:
                reason = told.say(check.reason)
                line = f"  {check.step.number:2d} {told.text(STEPS[check.step])}: {told.text(OUTCOMES[check.outcome])}"
                console.print(line + (f" ({reason})" if reason else ""), markup=False)
    if len(results) > 1:
        counts = {verdict: sum(result.report.verdict is verdict for result in results) for verdict in Verdict}
        console.print(", ".join(f"{count} {told.text(VERDICTS[verdict])}" for verdict, count in counts.items() if count), style="bold")
