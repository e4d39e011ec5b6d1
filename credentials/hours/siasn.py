"""Lines as SIASN's course history wants them (`POST /kursus/save`), and what is to be sent: pure, and without anything of the person.

A row is what one line of the ledger asks of SIASN. SIASN takes no idempotency key of its own, so the connector reads `rw-kursus` first and
compares; the key here says whether a row is one that it has dealt with already. Structural training goes to another address
(`/diklat/save`), which needs a code that nobody has told us, and a study assignment is no course: neither makes a row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from credentials.hours.balance import Balance, Line
from credentials.hours.entry import STUDY_ASSIGNMENT

SendState = Literal["not-sent", "sent", "refused"]
_STRUCTURAL = 1
_KEY_LETTERS = 32


@dataclass(frozen=True, slots=True)
class SiasnRow:
    """`action`: save it, or take away what was sent. `hours`: whole JP. `digest`: of what would be sent of the line; it changes when that
    does. `history`: SIASN's id (`rwKursusId`) of what was sent, "" for nothing. `message`: as SIASN gave it. Times in microseconds.
    """

    person: str
    line: str
    agency: str
    year: int
    action: Literal["save", "delete"]
    hours: int
    digest: str
    state: SendState = "not-sent"
    history: str = ""
    message: str = ""
    changed_at: int = 0

    @property
    def key(self) -> str:
        """The same for the same thing to do, another when the line's content changes."""
        told = json.dumps(["siasn-kursus/1", self.line, self.action, self.digest])
        return hashlib.sha256(told.encode()).hexdigest()[:_KEY_LETTERS]


def wanted_rows(balances: Iterable[Balance], agency: str, since: date, known: Mapping[str, SiasnRow]) -> dict[str, SiasnRow]:
    """What SIASN should hold of these balances, by line: those that give hours, learnt on `since` or later, and those that are known
    already. Hours over a PPPK's ceiling are part of the history too.
    """
    found: dict[str, SiasnRow] = {}
    for balance in balances:
        for line in balance.lines:
            hours, entry = line.counted + line.over_ceiling, line.entry
            if not hours or entry.channel in (STUDY_ASSIGNMENT, _STRUCTURAL):
                continue
            row = known.get(entry.id)
            if entry.completed_on >= since or row is not None:
                sender = row.agency if row is not None and entry.completed_on < since else agency
                found[entry.id] = SiasnRow(entry.person, entry.id, sender, entry.completed_on.year, "save", hours, _digest(line, hours))
    return found


def next_row(known: SiasnRow | None, wanted: SiasnRow | None, now: int) -> SiasnRow | None:
    """What the row becomes: None when it is to be forgotten, `known` itself when nothing is to be done."""
    if known is None:
        return None if wanted is None else replace(wanted, changed_at=now)
    if wanted is None:
        if not known.history:
            return None if known.action == "save" else known
        return known if known.action == "delete" else replace(known, action="delete", state="not-sent", message="", changed_at=now)
    if (known.action, known.digest) == ("save", wanted.digest):
        return known if known.agency == wanted.agency else replace(known, agency=wanted.agency)
    return replace(wanted, history=known.history, changed_at=now)


def settled_row(known: SiasnRow, state: SendState, history: str, message: str, now: int) -> SiasnRow:
    """After the connector has tried. What was taken away has no history any more."""
    if state != "sent":
        return replace(known, state=state, message=message, changed_at=now)
    kept = "" if known.action == "delete" else history or known.history
    return replace(known, state=state, history=kept, message=message, changed_at=now)


def _digest(line: Line, hours: int) -> str:
    entry = line.entry
    told = [
        hours,
        entry.channel,
        entry.title,
        entry.provider,
        entry.certificate_number,
        entry.certificate or "",
        str(entry.started_on or ""),
        str(entry.completed_on),
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:_KEY_LETTERS]
