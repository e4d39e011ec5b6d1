"""The office with people whose hours count: persons in the register with status and posting, and lines in their ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import httpx

from credentials.hours import HoursEntry
from credentials.people.person import Contract, Person, Posting, Status
from credentials.ports.records import Put
from credentials.stores.ledger import LedgerRecords
from credentials.stores.people import PERSONS
from tests.support.office import Office

AGENCY, UNIT = "dinas-a", "bidang-1"
_BEGIN = date(2020, 1, 1)


def registered(person: str, kind: Any = "pns", agency: str = AGENCY, unit: str = UNIT, **more: Any) -> Person:
    """Somebody of the register who works there since 2020; a PPPK with a contract from March 2026 to February 2028."""
    contracts = (Contract(date(2026, 3, 1), date(2028, 2, 29), agency),) if kind.startswith("pppk") else ()
    posting = Posting(_BEGIN, agency, unit, position_kind=more.get("position_kind", "executing"), superior=more.get("superior", ""))
    return Person(person, 1, (Status(_BEGIN, kind),), (posting,), contracts)


async def enrol(office: Office, name: str, kind: str = "pns", **more: Any) -> httpx.AsyncClient:
    """A person with a secret of their own, and in the register."""
    client = await office.person(name)
    await office.product.credentials.records.commit(Put(PERSONS, registered(office.ids[name], kind, **more)))
    return client


async def credit(office: Office, name: str, *lines: HoursEntry) -> None:
    """Lines in somebody's ledger."""
    for one in lines:
        own = replace(one, person=office.ids[name])
        await office.product.credentials.records.commit(*LedgerRecords.writes(own))
