"""A balance as text: every line with its figures and the steps that led to them, so that it can be followed on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from credentials.hours.balance import Balance, Line
from credentials.hours.explain import date_in_words, step_in_words
from schemas.loader import jp_channels

Language = Literal["id", "en"]

_WORDS: dict[str, tuple[str, str]] = {
    "period-calendar": ("Tahun {name} ({starts} - {ends})", "Year {name} ({starts} - {ends})"),
    "period-contract": ("Tahun kontrak {starts} - {ends}", "Contract year {starts} - {ends}"),
    "period-unknown": ("Tahun {name}, status belum diketahui", "Year {name}, status not known"),
    "place": ("{kind}, instansi {agency}, unit {unit}", "{kind}, agency {agency}, unit {unit}"),
    "figures": (
        "disetujui {approved} JP, dihitung {counted} JP, di luar batas {over} JP, menunggu {waiting} baris",
        "approved {approved} JP, counted {counted} JP, over the ceiling {over} JP, {waiting} lines waiting",
    ),
    "floor": ("kewajiban {floor} JP ({cite}): kurang {short} JP", "floor {floor} JP ({cite}): {short} JP short"),
    "ceiling": ("batas {ceiling} JP ({cite})", "ceiling {ceiling} JP ({cite})"),
    "target": ("target instansi {target} JP: kurang {short} JP", "agency's target {target} JP: {short} JP short"),
    "line": (
        "{number}. {on}  {title}  [{channel}]  diklaim {claimed}, disetujui {approved}, dihitung {counted}, di luar batas {over}",
        "{number}. {on}  {title}  [{channel}]  claimed {claimed}, approved {approved}, counted {counted}, over the ceiling {over}",
    ),
    "taken-back": ("dibatalkan:", "taken back:"),
    "flags": ("tanda: {flags}", "flags: {flags}"),
    "nothing": ("tidak ada baris", "no lines"),
}
_STATES = {
    "waiting": ("menunggu", "waiting"),
    "merged": ("digabung", "merged"),
    "repeat": ("ulangan", "repeat"),
    "reversed": ("dibatalkan", "taken back"),
    "counted": ("", ""),
}


def derivation(balance: Balance, language: Language) -> Iterator[str]:
    """Line by line."""
    yield from _head(balance, language)
    running = 0
    for number, line in enumerate(balance.lines, 1):
        running += line.counted
        yield ""
        yield from _line(line, number, language)
        yield f"   = {running} JP"
    if not balance.lines:
        yield _said("nothing", language)
    if balance.taken_back:
        yield ""
        yield _said("taken-back", language)
        for number, line in enumerate(balance.taken_back, 1):
            yield from _line(line, number, language)


def _head(balance: Balance, language: Language) -> Iterator[str]:
    at, period, duty = _index(language), balance.period, balance.duty
    starts, ends = date_in_words(period.starts)[at], date_in_words(period.ends)[at]
    yield _said(f"period-{period.basis}", language, name=period.year, starts=starts, ends=ends)
    yield _said("place", language, kind=balance.kind or "-", agency=balance.agency or "-", unit=balance.unit or "-")
    cite = (duty.cite.id, duty.cite.en)[at] if duty.cite else "-"
    if duty.floor is not None:
        yield _said("floor", language, floor=duty.floor, cite=cite, short=balance.short_of_floor)
    if duty.ceiling is not None:
        yield _said("ceiling", language, ceiling=duty.ceiling, cite=cite)
    if duty.target is not None:
        yield _said("target", language, target=duty.target, short=balance.short_of_target)
    told = {"approved": balance.approved, "counted": balance.counted, "over": balance.over_ceiling, "waiting": balance.waiting}
    yield _said("figures", language, **told)


def _line(line: Line, number: int, language: Language) -> Iterator[str]:
    at, entry = _index(language), line.entry
    state = _STATES[line.state][at]
    yield _said(
        "line",
        language,
        number=number,
        on=date_in_words(entry.completed_on)[at],
        title=entry.title,
        channel=jp_channels()[entry.channel][language],
        claimed="-" if line.claimed is None else line.claimed,
        approved=line.approved,
        counted=line.counted,
        over=line.over_ceiling,
    ) + (f"  ({state})" if state else "")
    yield f"   {entry.id}  {entry.source}  {entry.provider or '-'}  {entry.programme or '-'}/{entry.version}  {entry.batch or '-'}"
    for step in line.steps:
        yield f"   - {step_in_words(step)[at]}"
    reason = line.reason.id if language == "id" else line.reason.en
    based = reason.removeprefix(" ".join(step_in_words(step)[at] for step in line.steps)).strip()
    if based:
        yield f"   {based}"
    if line.flags:
        yield "   " + _said("flags", language, flags=", ".join(line.flags))


def _said(key: str, language: Language, **given: object) -> str:
    return _WORDS[key][_index(language)].format(**given)


def _index(language: Language) -> int:
    return 0 if language == "id" else 1
