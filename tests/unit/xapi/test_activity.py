"""Definitions of activities, merged as they come (xAPI-Communication 1.0.3 2.5), and what persons are called (2.4)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.xapi.activity import merge_definitions
from lrs.xapi.actor import agent_id, parse_agent
from lrs.xapi.definitions import activities_of
from lrs.xapi.person import names_in, person_of
from lrs.xapi.statement import parse_statement
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version

MBOX = {"mbox": "mailto:sari@peserta.test"}


def merged(*definitions: dict[str, Any]) -> Any:
    result: bytes | None = None
    for definition in definitions:
        result = merge_definitions(result, json.dumps(definition).encode())
    assert result is not None
    return json.loads(result)


def test_languages_and_extensions_add_up_and_the_last_word_wins() -> None:
    first = {"name": {"en": "A", "id": "B"}, "description": {"en": "d"}, "extensions": {"https://e.test/1": 1}, "type": "https://t.test/1"}
    second = {
        "name": {"id": "C", "su": "D"},
        "extensions": {"https://e.test/2": 2},
        "type": "https://t.test/2",
        "moreInfo": "https://m.test",
    }
    assert merged(first, second) == {
        "name": {"en": "A", "id": "C", "su": "D"},
        "description": {"en": "d"},
        "extensions": {"https://e.test/1": 1, "https://e.test/2": 2},
        "type": "https://t.test/2",
        "moreInfo": "https://m.test",
    }


def test_choices_are_replaced_whole() -> None:
    one = {"interactionType": "choice", "choices": [{"id": "a"}, {"id": "b"}]}
    assert merged(one, {"interactionType": "choice", "choices": [{"id": "c"}]})["choices"] == [{"id": "c"}]


def test_an_empty_definition_takes_nothing_away() -> None:
    assert merged({"name": {"en": "A"}}, {}) == {"name": {"en": "A"}}


def test_numbers_in_extensions_keep_their_digits() -> None:
    result = merge_definitions(
        b'{"extensions":{"https://e.test/1":1e400}}', b'{"extensions":{"https://e.test/2":123456789012345678901234567890}}'
    )
    assert b"1e400" in result
    assert b"123456789012345678901234567890" in result


MAPS = st.dictionaries(st.sampled_from(["en", "id", "su", "de"]), st.text(max_size=3), max_size=4)
DEFINITIONS = st.fixed_dictionaries({}, optional={"name": MAPS, "description": MAPS, "type": st.just("https://t.test/1")})


@given(st.lists(DEFINITIONS, min_size=1, max_size=5))
def test_merging_again_changes_nothing_and_no_language_is_lost(definitions: list[dict[str, Any]]) -> None:
    once = merged(*definitions)
    assert merged(*definitions, definitions[-1]) == once
    for name in ("name", "description"):
        assert set(once.get(name, {})) == {tag for one in definitions for tag in one.get(name, {})}


def test_every_activity_with_a_definition_is_told_of_wherever_it_stands() -> None:
    def activity(name: str, **members: Any) -> dict[str, Any]:
        return {"id": f"https://a.test/{name}", "definition": {"name": {"en": name}}, **members}

    sub = {"objectType": "SubStatement", "actor": MBOX, "verb": {"id": "https://v.test/v"}, "object": activity("inner")}
    sub["context"] = {"contextActivities": {"category": activity("category")}}
    statement = {"actor": MBOX, "verb": {"id": "https://v.test/v"}, "object": sub}
    statement["context"] = {"contextActivities": {"parent": [activity("parent"), {"id": "https://a.test/bare"}]}}
    found = activities_of(parse_statement(json.dumps(statement).encode(), Version.V1, JsonLimits()))
    assert [iri.rpartition("/")[2] for iri, _ in found] == ["parent", "inner", "category"]
    assert json.loads(found[0][1]) == {"name": {"en": "parent"}}


def _names(agent: dict[str, Any], **members: Any) -> list[str]:
    statement = {
        "actor": {"mbox": "mailto:budi@peserta.test"},
        "verb": {"id": "https://v.test/v"},
        "object": {"id": "https://a.test/a"},
        **members,
    }
    wanted = agent_id(parse_agent(json.dumps(agent), where="agent", allow_group=False))
    return list(names_in(json.dumps(statement).encode(), wanted))


@pytest.mark.parametrize(
    "members",
    [
        {"actor": {**MBOX, "name": "Sari"}},
        {"object": {"objectType": "Agent", **MBOX, "name": "Sari"}},
        {"actor": {"objectType": "Group", "name": "Tim", "member": [{"mbox": "mailto:x@y.test", "name": "X"}, {**MBOX, "name": "Sari"}]}},
        {"object": {"objectType": "Group", "member": [{**MBOX, "name": "Sari"}]}},
    ],
)
def test_a_person_is_called_what_statements_call_them(members: dict[str, Any]) -> None:
    assert _names(MBOX, **members) == ["Sari"]


@pytest.mark.parametrize(
    "members", [{}, {"actor": MBOX}, {"actor": {"mbox": "mailto:x@y.test", "name": "X"}}, {"object": {"id": "https://a.test/name"}}]
)
def test_nobody_is_called_by_anothers_name(members: dict[str, Any]) -> None:
    assert _names(MBOX, **members) == []


def test_a_hash_is_the_same_person_in_capitals_and_a_key_may_be_escaped() -> None:
    assert _names({"mbox_sha1sum": "ab" * 20}, actor={"mbox_sha1sum": "AB" * 20, "name": "Sari"}) == ["Sari"]
    raw = b'{"actor":{"mbox":"mailto:a@b.test","n\\u0061me":"Sari"},"verb":{"id":"https://v.test/v"},"object":{"id":"https://a.test/a"}}'
    assert list(names_in(raw, "mailto:a@b.test")) == ["Sari"]


def test_every_property_of_a_person_is_an_array() -> None:
    agent = parse_agent('{"account":{"homePage":"https://lms.test","name":"sari"}}', where="agent", allow_group=False)
    account = [{"homePage": "https://lms.test", "name": "sari"}]
    assert person_of(agent, ["Sari", "Sari Dewi", "Sari"]) == {"objectType": "Person", "name": ["Sari", "Sari Dewi"], "account": account}
    assert person_of(agent, []) == {"objectType": "Person", "account": account}
