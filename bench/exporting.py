"""`python -m bench.exporting FILE`: one agency's CSV export as a process of its own, so that its memory can be told. Prints JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import date
from pathlib import Path

from bench.ministry import AGENCY, YEAR, opened
from bench.processes import resident
from credentials.access.principal import Principal
from credentials.access.roles import Grant, Role, Scope
from credentials.services.hours.exporting import PEOPLE_COLUMNS, Exporting
from credentials.services.hours.sheets import as_csv
from credentials.services.looking import Looking
from credentials.services.persons import RegisteredPersons
from credentials.stores.figures import FigureRecords
from credentials.stores.people import PeopleRecords
from credentials.stores.views import ViewLog
from lrs.clock import SystemClock

_HR = Principal("hr-1", grants=(Grant("g", "hr-1", Role.HR, Scope(AGENCY), date(2020, 1, 1), None, "system", 1),))


async def export(file: Path) -> dict[str, float]:
    """With names and numbers, and with what was shown written down for everybody. `mb`: resident at most, of the whole process."""
    started = time.perf_counter()
    async with opened(file) as (records, hours):
        people, clock = PeopleRecords(records), SystemClock()
        looking = Looking(RegisteredPersons(people, clock), ViewLog(records), clock)
        exporting = Exporting(FigureRecords(records), people, hours.balances, looking, clock)
        size = 0
        async for chunk in as_csv(PEOPLE_COLUMNS, exporting.people_of(_HR, AGENCY, YEAR)):
            size += len(chunk)
    return {"bytes": size, "seconds": time.perf_counter() - started, "mb": resident()[1]}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(export(Path(sys.argv[1])))))
