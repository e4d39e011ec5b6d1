"""The StatementRef rule within one segment: who takes over whose keys (xAPI-Communication 1.0.3 2.1.3). Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

from lrs.stores.mongo.rows import Row, inheritable

MAX_INHERITED = 4_096  # keys of one statement: a hostile chain of ever new terms costs bounded work; the farthest are then not inherited


def inherited_keys(rows: Sequence[Row], stored: Mapping[str, tuple[str, Sequence[str]]]) -> dict[str, list[str]]:
    """For each row its keys with all that it takes over. `stored`: (provider, keys) of the targets that lie outside the segment.

    Goes from targets to referrers until nobody gains anything, so cycles end.
    """
    keys = {row.id: dict.fromkeys(row.keys) for row in rows}
    referrers: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.target in keys:
            referrers[row.target].append(row)
        elif row.target in stored and stored[row.target][0] == row.provider:
            _take(keys[row.id], stored[row.target][1])
    by_id = {row.id: row for row in rows}
    ahead = deque(row.id for row in rows if row.id in referrers)
    while ahead:
        target = by_id[ahead.popleft()]
        for referrer in referrers[target.id]:
            gained = referrer.provider == target.provider and _take(keys[referrer.id], list(keys[target.id]))
            if gained and referrer.id in referrers:
                ahead.append(referrer.id)
    return {statement_id: list(found) for statement_id, found in keys.items()}


def gained(present: Sequence[str], offered: Sequence[str]) -> list[str]:
    """What of `offered` a statement with the keys `present` takes over."""
    there = set(present)
    room = max(0, MAX_INHERITED - len(there))
    return [key for key in inheritable(offered) if key not in there][:room]


def _take(keys: dict[str, None], offered: Sequence[str]) -> bool:
    new = gained(list(keys), offered)
    keys.update(dict.fromkeys(new))
    return bool(new)
