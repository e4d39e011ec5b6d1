"""`python -m bench`: the table of docs/performance.md, or, with --url, what any LRS does."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bench.remote import Remote, remote_plan
from bench.runner import RESULTS, Plan, run, tell, write_report
from bench.scale import FULL, SCALES


def main() -> int:
    """Exit code: 0 when all was measured, 1 when something could not be, 2 for a wrong call."""
    parser = _parser()
    given = parser.parse_args()
    plan = _plan(given)
    if given.list:
        print("\n".join(f"{bench.name:16}{bench.title}" for bench in plan.benches))
        return 0
    try:
        report = run(plan, tell)
    except KeyError as error:
        parser.error(str(error.args[0]))
    write_report(report, given.out, _name(given))
    print(report.as_markdown())
    return 0 if report.is_whole else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="a bench; several times, or with commas")
    parser.add_argument("--list", action="store_true", help="say which benches there are")
    parser.add_argument("--scale", choices=SCALES, default=FULL.name)
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    parser.add_argument("--work", type=Path, default=Path("var"), help="folder for temporary files, on the disk to be measured")
    parser.add_argument("--minutes", type=float, default=Plan().minutes, help="stop by then")
    other = parser.add_argument_group("another LRS", "writes invented statements into it")
    other.add_argument("--url", help="the folder that holds `statements`, for instance http://127.0.0.1:8000/xapi")
    other.add_argument("--key", default="")
    other.add_argument("--secret", default="", help="other users of this machine can see it here: better the variable JEJAK_SECRET")
    other.add_argument("--xapi-version", default="1.0.3")
    other.add_argument("--all-objects", action="store_true", help="send Agents, StatementRefs and SubStatements as objects too")
    return parser


def _plan(given: argparse.Namespace) -> Plan:
    only = tuple(name for text in given.only for name in text.split(",") if name)
    plan = Plan(SCALES[given.scale], only, work=given.work, minutes=given.minutes)
    if given.url is None:
        return plan
    secret = given.secret or os.environ.get("JEJAK_SECRET", "")
    return remote_plan(plan, Remote(given.url, given.key, secret, given.xapi_version, activities_only=not given.all_objects))


def _name(given: argparse.Namespace) -> str:
    """Only a whole run is a result to keep."""
    if given.url is not None:
        return "remote"
    return "latest" if not given.only and given.scale == FULL.name else "partial"


if __name__ == "__main__":
    sys.exit(main())
