"""`format=ids` and `format=canonical` (xAPI-Communication 1.0.3, 2.1.3.s1.table1.row12; 2.0, 4.1.6.1)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.xapi.formats import as_canonical, as_ids
from lrs.xapi.languages import parse_accept_language

GB = parse_accept_language("en-GB")
NAMES = {"en-US": "a", "en-GB": "b"}
AGENT = {"objectType": "Agent", "name": "Budi", "mbox": "mailto:budi@example.test"}
ACTIVITY = {
    "objectType": "Activity",
    "id": "https://example.test/a",
    "definition": {"name": NAMES, "description": NAMES, "type": "https://example.test/t"},
}


def statement(**members: Any) -> dict[str, Any]:
    return {"id": "x", "actor": AGENT, "verb": {"id": "https://example.test/v", "display": NAMES}, "object": ACTIVITY, **members}


def ids(value: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(as_ids(json.dumps(value).encode()))
    return answer


def canonical(value: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(as_canonical(json.dumps(value).encode(), GB))
    return answer


def test_ids_leaves_of_an_agent_its_type_and_identifier() -> None:
    assert ids(statement())["actor"] == {"objectType": "Agent", "mbox": "mailto:budi@example.test"}


@pytest.mark.parametrize(
    "identifier", [{"mbox_sha1sum": "0" * 40}, {"openid": "https://id.test/b"}, {"account": {"homePage": "https://h.test", "name": "b"}}]
)
def test_ids_knows_every_identifier(identifier: dict[str, Any]) -> None:
    assert ids(statement(actor={"name": "Budi", **identifier}))["actor"] == identifier


def test_ids_leaves_of_an_identified_group_no_members() -> None:
    group = {"objectType": "Group", "name": "Tim", "mbox": "mailto:tim@example.test", "member": [AGENT]}
    assert ids(statement(actor=group))["actor"] == {"objectType": "Group", "mbox": "mailto:tim@example.test"}


def test_ids_leaves_of_an_anonymous_group_each_members_identifier() -> None:
    group = {"objectType": "Group", "name": "Tim", "member": [AGENT, {"openid": "https://id.test/b", "name": "B"}]}
    expected = {
        "objectType": "Group",
        "member": [{"objectType": "Agent", "mbox": "mailto:budi@example.test"}, {"openid": "https://id.test/b"}],
    }
    assert ids(statement(actor=group))["actor"] == expected


def test_ids_leaves_of_verb_and_activity_the_id_alone() -> None:
    short = ids(statement())
    assert (short["verb"], short["object"]) == ({"id": "https://example.test/v"}, {"id": "https://example.test/a"})


def test_ids_reaches_into_context_and_authority() -> None:
    context = {
        "instructor": AGENT,
        "team": {"objectType": "Group", "name": "Tim", "mbox": "mailto:tim@example.test"},
        "contextActivities": {"parent": [ACTIVITY], "other": [ACTIVITY, ACTIVITY]},
        "contextAgents": [{"objectType": "contextAgent", "agent": AGENT, "relevantTypes": ["https://example.test/role"]}],
        "contextGroups": [{"objectType": "contextGroup", "group": {"objectType": "Group", "member": [AGENT]}}],
        "registration": "r",
    }
    agent, activity = {"objectType": "Agent", "mbox": "mailto:budi@example.test"}, {"id": "https://example.test/a"}
    short = ids(statement(context=context, authority=AGENT))
    assert short["authority"] == agent
    assert short["context"] == {
        "instructor": agent,
        "team": {"objectType": "Group", "mbox": "mailto:tim@example.test"},
        "contextActivities": {"parent": [activity], "other": [activity, activity]},
        "contextAgents": [{"objectType": "contextAgent", "agent": agent, "relevantTypes": ["https://example.test/role"]}],
        "contextGroups": [{"objectType": "contextGroup", "group": {"objectType": "Group", "member": [agent]}}],
        "registration": "r",
    }


def test_a_single_context_activity_is_shortened_like_an_array_of_one() -> None:
    activities = {"contextActivities": {"parent": ACTIVITY}}
    assert ids(statement(context=activities))["context"] == {"contextActivities": {"parent": {"id": "https://example.test/a"}}}


@pytest.mark.parametrize("kind", ["Agent", "Group"])
def test_ids_shortens_an_agent_or_group_as_object(kind: str) -> None:
    thing = {**AGENT, "objectType": kind}
    assert ids(statement(object=thing))["object"] == {"objectType": kind, "mbox": "mailto:budi@example.test"}


def test_ids_leaves_a_statement_reference_as_it_is() -> None:
    reference = {"objectType": "StatementRef", "id": "8f87ccde-bb56-4c2e-ab83-44982ef22df0"}
    assert ids(statement(object=reference))["object"] == reference
    assert canonical(statement(object=reference))["object"] == reference


def test_ids_shortens_a_sub_statement_as_a_statement() -> None:
    inner = ids(statement(object={"objectType": "SubStatement", **statement()}))["object"]
    assert inner["objectType"] == "SubStatement"
    assert inner["actor"] == {"objectType": "Agent", "mbox": "mailto:budi@example.test"}
    assert inner["object"] == {"id": "https://example.test/a"}


def test_canonical_cuts_each_map_of_verbs_and_activities_to_one_language() -> None:
    context = {"contextActivities": {"category": [ACTIVITY], "parent": [{"id": "https://example.test/bare"}]}}
    cut = canonical(statement(context=context, object={"objectType": "SubStatement", **statement()}))
    activity = {**ACTIVITY, "definition": {"name": {"en-GB": "b"}, "description": {"en-GB": "b"}, "type": "https://example.test/t"}}
    assert cut["verb"]["display"] == cut["object"]["verb"]["display"] == {"en-GB": "b"}
    assert cut["context"]["contextActivities"] == {"category": [activity], "parent": [{"id": "https://example.test/bare"}]}
    assert cut["object"]["object"] == activity


def test_canonical_chooses_map_by_map() -> None:
    activity = {"id": "https://example.test/a", "definition": {"name": {"id": "n", "en": "m"}, "description": {"fr": "d"}}}
    assert canonical(statement(object=activity))["object"]["definition"] == {"name": {"en": "m"}, "description": {"fr": "d"}}


def test_canonical_cuts_the_descriptions_of_interaction_components() -> None:
    components = [{"id": "one", "description": NAMES}, {"id": "two"}]
    definition = dict.fromkeys(("choices", "scale", "source", "target", "steps"), components)
    cut = canonical(statement(object={"id": "https://example.test/a", "definition": definition}))["object"]["definition"]
    assert cut == {name: [{"id": "one", "description": {"en-GB": "b"}}, {"id": "two"}] for name in definition}


def test_canonical_leaves_agents_groups_attachments_and_extensions_unchanged() -> None:
    group = {"objectType": "Group", "name": "Tim", "member": [AGENT]}
    value = statement(actor=group, attachments=[{"display": NAMES}], result={"extensions": {"https://e.test/x": {"name": NAMES}}})
    cut = canonical(value)
    assert (cut["actor"], cut["attachments"], cut["result"]) == (group, value["attachments"], value["result"])


def test_canonical_keeps_an_empty_language_map() -> None:
    assert canonical(statement(verb={"id": "https://example.test/v", "display": {}}))["verb"]["display"] == {}


NUMBERS = '{"a":1e400,"b":123456789012345678901234567890,"c":0.10,"d":-0,"e":1E+2,"\\u00e9":"\\u00e9\\/ é","f":null}'


@pytest.mark.parametrize("shape", [as_ids, lambda body: as_canonical(body, GB)])
def test_numbers_and_unknown_members_keep_the_senders_bytes(shape: Any) -> None:
    body = json.dumps(statement(unknown=1)).replace(
        '"unknown": 1', f'"result": {{"extensions": {{"https://e.test/x": {NUMBERS}}}}}, "unknown": 1.50'
    )
    answer = shape(body.encode())
    assert f'{{"https://e.test/x": {NUMBERS}}}'.encode() in answer
    assert b'"unknown":1.50' in answer


@given(
    st.dictionaries(st.sampled_from(["en", "en-US", "en-GB", "id", "fr-CA", "und"]), st.text(), min_size=1),
    st.sampled_from(["en", "*", "id;q=0", "x, y;q=0.2"]),
)
def test_canonical_always_leaves_exactly_one_language_of_a_map(names: dict[str, str], header: str) -> None:
    body = json.dumps(statement(verb={"id": "https://example.test/v", "display": names})).encode()
    display = json.loads(as_canonical(body, parse_accept_language(header)))["verb"]["display"]
    assert len(display) == 1
    assert display.items() <= names.items()
