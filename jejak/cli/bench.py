"""`jejak bench`: how quick this product is on this machine, or any LRS by its address and a key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.remote import Remote, remote_plan
from bench.runner import Plan, run, tell, write_report
from bench.scale import QUICK, SCALES
from jejak.cli.outcomes import Exit, examples, single
from jejak.cli.statements import SecretFile, XapiVersion, secret_from

EXAMPLES = examples(
    "jejak bench",
    "jejak bench --only queries --only get",
    "export JEJAK_SECRET=...",
    "jejak bench --url http://127.0.0.1:8000/xapi --key K --out results",
)


def bench_command(
    url: Annotated[str, typer.Option("--url", help="The LRS to measure, for instance http://127.0.0.1:8000/xapi; else our own.")] = "",
    key: Annotated[str, typer.Option("--key", help="Its client's key. The secret comes from JEJAK_SECRET or --secret-file.")] = "",
    secret_file: SecretFile = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="A bench; several times.")] = None,
    scale: Annotated[str, typer.Option(help="How much is measured: " + ", ".join(SCALES))] = QUICK.name,
    out: Annotated[Path | None, typer.Option(help="Folder for bench.json and bench.md.")] = None,
    work: Annotated[Path, typer.Option(help="Folder for temporary files, on the disk to be measured.")] = Path("var"),
    xapi_version: XapiVersion = "1.0.3",
    all_objects: Annotated[bool, typer.Option("--all-objects", help="Send also what is about no Activity; some LRSs refuse it.")] = False,
) -> None:
    """Measures, and prints a table. With --url it writes some ten thousand invented statements into that LRS: never into one in use."""
    if scale not in SCALES:
        raise typer.BadParameter(f"one of {', '.join(SCALES)}", param_hint="--scale")
    plan = Plan(SCALES[scale], tuple(only or ()), work=work)
    if url:
        plan = remote_plan(plan, Remote(url, key, secret_from(secret_file), xapi_version, activities_only=not all_objects))
    try:
        report = run(plan, tell)
    except KeyError as error:
        raise typer.BadParameter(str(error.args[0]), param_hint="--only") from error
    if out is not None:
        write_report(report, out, "bench")
    typer.echo(report.as_markdown())
    if not report.is_whole:
        raise typer.Exit(Exit.FAILED)


bench_app = single(bench_command, EXAMPLES)
