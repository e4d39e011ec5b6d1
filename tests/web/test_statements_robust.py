"""No input whatever does anything at the statements resource but be answered or refused; and many at once get one outcome each."""

from __future__ import annotations

import asyncio
import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lrs.errors import ConflictError, SenderError
from lrs.stores.memory import memory_stores
from tests.support.statement_sender import BOUNDARY, attachment, multipart, part, sender_over, statement

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
MIXED = f"multipart/mixed; boundary={BOUNDARY}"
CONTENT = b"lampiran"
FULL = statement(
    id=ID,
    timestamp="2026-01-01T00:00:00Z",
    result={"score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}, "duration": "PT1H", "extensions": {"https://e.test/e": None}},
    context={
        "registration": ID,
        "instructor": {"mbox": "mailto:guru@lms.test"},
        "team": {"objectType": "Group", "member": [{"openid": "https://id.test/a"}]},
        "contextActivities": {"parent": [{"id": "https://a.test/p"}]},
        "statement": {"objectType": "StatementRef", "id": ID},
    },
    attachments=[attachment(CONTENT)],
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything within `value`."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, one in inner for place in places(one, (*path, name)))]


PLACES = [place for place in places(FULL) if place]


async def answered_or_refused(body: bytes, content_type: str) -> None:
    sender = sender_over(memory_stores)
    try:
        ids = await sender.post(body, content_type)
    except SenderError:
        assert await sender.ids() == []
    else:
        assert sorted(await sender.ids()) == sorted(ids)
        for form in ("ids", "canonical"):
            await sender.parts(("format", form))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["application/json", MIXED, "multipart/mixed; boundary=a", "", "text/plain"]))
async def test_any_bytes_are_answered_or_refused(body: bytes, content_type: str) -> None:
    await answered_or_refused(body, content_type)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), VALUES)
async def test_any_value_in_any_place_of_a_statement_is_answered_or_refused(place: tuple[Any, ...], value: Any) -> None:
    changed = copy.deepcopy(FULL)
    holder: Any = changed
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    await answered_or_refused(multipart(changed, part(CONTENT)), MIXED)


@settings(max_examples=150, deadline=None)
@given(VALUES)
async def test_any_json_is_answered_or_refused(value: Any) -> None:
    await answered_or_refused(json.dumps(value).encode(), "application/json")


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0, max_value=2_000), st.binary(max_size=4))
async def test_a_damaged_multipart_is_answered_or_refused(at: int, noise: bytes) -> None:
    body = multipart(FULL, part(CONTENT))
    cut = at % len(body)
    await answered_or_refused(body[:cut] + noise + body[cut + len(noise) :], MIXED)


async def test_of_many_different_statements_with_one_id_at_once_exactly_one_is_stored() -> None:
    sender = sender_over(memory_stores)
    bodies = [statement(id=ID, result={"response": str(number)}) for number in range(30)]
    outcomes = await asyncio.gather(*(sender.post(body) for body in bodies), return_exceptions=True)
    won = [body for body, outcome in zip(bodies, outcomes, strict=True) if outcome == [ID]]
    assert len(won) == 1
    assert all(isinstance(outcome, ConflictError) for outcome in outcomes if outcome != [ID])
    assert (await sender.one(ID))["result"] == won[0]["result"]


async def test_of_the_same_statement_many_times_at_once_all_succeed_and_one_is_stored() -> None:
    sender = sender_over(memory_stores)
    outcomes = await asyncio.gather(*(sender.post(statement(id=ID)) for _ in range(30)))
    assert outcomes == [[ID]] * 30
    assert await sender.ids() == [ID]
