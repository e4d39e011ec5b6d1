"""All that a balance rests on as JSON values, so that it can be handed to somebody who counts again without our server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from credentials.errors import HoursError
from credentials.hours.entry import HoursEntry, check_entry
from credentials.hours.reading import read_table, written_table
from credentials.hours.rules import AgencyTarget, Rules, RuleTable
from credentials.hours.status import Status, check_status

FORMAT = "jejak-hours-basis/1"


@dataclass(frozen=True, slots=True)
class Basis:
    """A person's status, the rules that can matter to them, and their lines."""

    status: Status
    rules: Rules
    lines: tuple[HoursEntry, ...]


def basis_of(status: Status, rules: Rules, lines: Iterable[HoursEntry]) -> Basis:
    """With the rules of the agencies where the person worked, and no others."""
    agencies = {post.agency for post in status.posts}
    own = Rules(
        rules.national,
        tuple(table for table in rules.agencies if table.agency in agencies),
        tuple(target for target in rules.targets if target.agency in agencies),
    )
    return Basis(status, own, tuple(lines))


def written_basis(basis: Basis) -> dict[str, Any]:
    """As JSON values; `read_basis` gives the same again."""
    return {
        "format": FORMAT,
        "status": msgspec.to_builtins(basis.status),
        "rules": {
            "national": [written_table(table) for table in basis.rules.national],
            "agencies": [written_table(table) for table in basis.rules.agencies],
            "targets": [msgspec.to_builtins(target) for target in basis.rules.targets],
        },
        "lines": [msgspec.to_builtins(line) for line in basis.lines],
    }


def read_basis(raw: object) -> Basis:
    """Raises HoursError; `where` is a path."""
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise HoursError(f"this is not a file with `format` {FORMAT}", where="format")
    rules = raw.get("rules")
    if not isinstance(rules, dict):
        raise HoursError("the rules are missing", where="rules")
    try:
        status = msgspec.convert(raw.get("status"), Status)
        lines = msgspec.convert(raw.get("lines"), tuple[HoursEntry, ...])
        targets = msgspec.convert(rules.get("targets", []), tuple[AgencyTarget, ...])
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise HoursError(str(error)) from error
    check_status(status)
    for line in lines:
        check_entry(line)
    return Basis(status, Rules(_tables(rules, "national"), _tables(rules, "agencies"), targets), lines)


def _tables(rules: dict[str, Any], name: str) -> tuple[RuleTable, ...]:
    told = rules.get(name, [])
    if not isinstance(told, list):
        raise HoursError("this is a list of tables", where=f"rules.{name}")
    return tuple(read_table(one) for one in told)
