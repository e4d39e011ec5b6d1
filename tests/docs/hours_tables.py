"""The tables of docs/hours.md, made from the rule data: `python -m tests.docs.hours_tables` writes them anew."""

from __future__ import annotations

from pathlib import Path

from credentials.hours import Row, RuleTable, bundled_rules
from schemas.loader import jp_channels, jp_switches

PAGE = Path(__file__).parents[2] / "docs" / "hours.md"
_UNITS = {"day": "for each day", "session": "for each session", "session-day": "for each day with a session", "event": "for the event"}


def blocks() -> dict[str, str]:
    """What stands between `<!-- NAME -->` and `<!-- end -->`."""
    (table,) = bundled_rules().national
    return {"rows": _rows(table), "obligations": _obligations(table), "sources": _sources(table), "switches": _switches(table)}


def put_in(page: str) -> str:
    """The page with its tables made anew."""
    for name, block in blocks().items():
        start, _, rest = page.partition(f"<!-- {name} -->\n")
        page = f"{start}<!-- {name} -->\n{block}\n{rest[rest.index('<!-- end -->') :]}"
    return page


def _rows(table: RuleTable) -> str:
    found = {(row.channel, row.scope): row for row in table.rows}
    lines = ["| jalur | channel | national | international | evidence | source |", "|---|---|---|---|---|---|"]
    for code, name in jp_channels().items():
        national, abroad = found.get((code, "national")), found.get((code, "international"))
        one = national or abroad
        evidence = f"{one.evidence.en} [{one.confidence_of.get('evidence', one.confidence)}]" if one and one.evidence else "-"
        source = one.source if one else "-"
        lines.append(f"| {code or '-'} | {name['en']} ({name['id']}) | {_said(national)} | {_said(abroad)} | {evidence} | {source} |")
    return "\n".join(lines)


def _said(row: Row | None) -> str:
    if row is None:
        return "no row: waits"
    told = "hours as approved" if row.jp is None else f"{row.jp} {_UNITS.get(row.basis, 'for each semester')}"
    if row.jp_per_day is not None:
        told += f", at most {row.jp_per_day} a day"
    if row.sessions_per_month is not None:
        told += f", at most {row.sessions_per_month} {'session days' if row.basis == 'session-day' else 'sessions'} a month"
    mark: str = row.confidence
    if row.uplift_percent:
        told += f", plus {row.uplift_percent} %"
        mark += f"; plus: {row.confidence_of['uplift_percent']}"
    return f"{told} [{mark}]"


def _obligations(table: RuleTable) -> str:
    lines = ["| kind | year | floor | ceiling | source |", "|---|---|---|---|---|"]
    for one in table.obligations:
        marks = "".join(f"; {name.replace('_', ' ')}: {mark}" for name, mark in one.confidence_of.items())
        ceiling = f"{one.ceiling}, not for {', '.join(one.exempt_positions)}" if one.exempt_positions else str(one.ceiling or "-")
        lines.append(f"| {one.kind} | {one.year} | {one.floor or '-'} | {ceiling} | {one.source} [{one.confidence}{marks}] |")
    lines.append(f"| all | | 1 JP = {table.minutes_per_jp} minutes | | {table.minutes_source} [{table.minutes_confidence}] |")
    return "\n".join(lines)


def _sources(table: RuleTable) -> str:
    lines = ["| source | document | dated | read on | where it was read |", "|---|---|---|---|---|"]
    for key, one in table.sources.items():
        lines.append(f"| {key} | {one.cite.id} | {one.dated} | {one.read_on} | {one.where} |")
    return "\n".join(lines)


def _switches(table: RuleTable) -> str:
    lines = ["| | switch | decided, *assumed* | other values | agency may set it |", "|---|---|---|---|---|"]
    for one in jp_switches():
        chosen = table.switches[one["key"]]
        others = "; ".join(f"`{value}`: {what}" for value, what in one["values"].items() if value != chosen)
        may = "yes" if one["agency"] else "no"
        lines.append(f"| {one['decision']} | `{one['key']}` | `{chosen}`: {one['says']['en']} | {others} | {may} |")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(put_in(PAGE.read_text()))
