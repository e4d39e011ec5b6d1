"""`jejak retention`: what is past its time, and dealing with it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from credentials.access.principal import Principal
from credentials.access.roles import Role
from credentials.services.retention import WHATS, Report, What
from jejak.cli.opened import with_product
from jejak.cli.outcomes import Exit, commands, examples
from jejak.cli.printed import AsJson, print_rows
from jejak.composition import Product
from lrs.clock import format_us

retention_app = commands("Retention: what is past its time (JEJAK_RETENTION_*), and dealing with it.")

_OPERATOR = Principal("", administrator="operator", everywhere=Role.OVERSEER)  # whoever may run commands on the server
_STEP = 2_000  # statements between two looks at the progress


@retention_app.command("show", epilog=examples("jejak retention show", "jejak retention show --json"))
def show(as_json: AsJson = False) -> None:
    """The dry run: how much is past its time. Nothing is changed."""

    async def work(product: Product) -> list[Report]:
        return await product.casework.privacy.retention.look(_OPERATOR)

    _print(with_product(work), as_json)


@retention_app.command("run", epilog=examples("jejak retention run --yes", "jejak retention run statements --yes --reason 'jadwal 2029'"))
def run(
    what: Annotated[list[str] | None, typer.Argument(help="statements, identifiers, documents, files, views; without any: all.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Needed: what is reduced or erased does not come back.")] = False,
    reason: Annotated[str, typer.Option(help="For the log of decisions.")] = "retention",
    as_json: AsJson = False,
) -> None:
    """Reduces statements and erases the rest that is past its time, beside a running server too."""
    wanted: list[What] = [one for one in WHATS if not what or one in what]
    if not yes or (what and set(what) - set(WHATS)):
        told = "this does not come back: look with `jejak retention show`, then say --yes" if not yes else f"there is: {', '.join(WHATS)}"
        typer.echo(f"jejak: {told}", err=True)
        raise typer.Exit(Exit.MISUSED)
    _print(with_product(lambda product: _run(product, wanted, reason)), as_json)


async def _run(product: Product, wanted: list[What], reason: str) -> list[Report]:
    """In steps, with a bar."""
    retention = product.casework.privacy.retention
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    finished = []
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        due = {one.what: one.due for one in await retention.look(_OPERATOR)}
        for what in wanted:
            bar, done = bars.add_task(what, total=due[what] or None), 0
            while True:
                (report,) = await retention.run(_OPERATOR, [what], _STEP, reason)
                done += report.done
                bars.update(bar, completed=done)
                if report.done < _STEP:
                    break
            finished.append(Report(what, report.days, report.before, report.due, done, report.waiting))
    return finished


def _print(reports: list[Report], as_json: bool) -> None:
    rows = [
        {
            "what": one.what,
            "days": one.days,
            "before": format_us(one.before) if one.before is not None else "",
            "due": one.due,
            "done": one.done,
            "waiting": one.waiting,
        }
        for one in reports
    ]
    print_rows(rows, ("what", "days", "before", "due", "done", "waiting"), as_json=as_json)
