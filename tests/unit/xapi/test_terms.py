"""The terms by which a statement is found (xAPI-Communication 1.0.3 2.1.3; 2.0 4.1.6.1)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lrs.errors import InvalidRequestError
from lrs.xapi.actor import parse_agent
from lrs.xapi.statement import parse_statement
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.terms import account_term, activity_term, agent_term, index_terms, registration_term, verb_term
from lrs.xapi.versions import Version

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
A, B, C, D, E = ({"mbox": f"mailto:{name}@peserta.test"} for name in "abcde")
SHA1 = {"mbox_sha1sum": "AB" * 20}
OPENID = {"openid": "https://id.test/x"}
ACCOUNT = {"account": {"homePage": "https://lms.test", "name": "sari"}}


def terms(version: Version = Version.V1, **members: Any) -> tuple[set[str], set[str]]:
    value = {"actor": A, "verb": {"id": "https://v.test/v"}, "object": {"id": "https://a.test/o"}, **members}
    direct, related = index_terms(parse_statement(json.dumps(value).encode(), version, JsonLimits()), ("amailto:lms@lms.test",))
    assert not set(direct) & set(related)
    assert len(set(direct)) == len(direct)
    assert len(set(related)) == len(related)
    return set(direct), set(related)


def of(agent: dict[str, Any]) -> str:
    return agent_term(parse_agent(json.dumps(agent), where="agent", allow_group=True))


def test_actor_verb_object_and_registration_are_direct_and_the_authority_is_related() -> None:
    direct, related = terms(context={"registration": ID.upper()})
    assert direct == {of(A), verb_term("https://v.test/v"), activity_term("https://a.test/o"), registration_term(ID)}
    assert related == {"amailto:lms@lms.test"}


@pytest.mark.parametrize("place", ["actor", "object"])
def test_a_group_is_found_by_its_own_identifier_and_by_its_members(place: str) -> None:
    identified: dict[str, Any] = {place: {"objectType": "Group", **ACCOUNT, "member": [B, SHA1]}}
    anonymous: dict[str, Any] = {place: {"objectType": "Group", "member": [B, OPENID]}}
    direct, _ = terms(**identified)
    assert {of(ACCOUNT), of(B), of(SHA1)} <= direct
    direct, _ = terms(**anonymous)
    assert {of(B), of(OPENID)} <= direct


def test_instructor_team_context_activities_and_the_sub_statement_are_related() -> None:
    sub = {
        "objectType": "SubStatement",
        "actor": {"objectType": "Group", "member": [D]},
        "verb": {"id": "https://v.test/inner"},
        "object": {"id": "https://a.test/inner"},
        "context": {"instructor": E, "contextActivities": {"category": {"id": "https://a.test/category"}}, "registration": ID},
    }
    context = {
        "instructor": B,
        "team": {"objectType": "Group", "member": [C]},
        "contextActivities": {
            "parent": {"id": "https://a.test/p"},
            "grouping": [{"id": "https://a.test/g"}],
            "other": [{"id": "https://a.test/t"}],
        },
    }
    direct, related = terms(object=sub, context=context)
    assert direct == {of(A), verb_term("https://v.test/v")}
    assert related == {
        "amailto:lms@lms.test",
        *map(of, (B, C, D, E)),
        *(activity_term(f"https://a.test/{name}") for name in ("p", "g", "t", "inner", "category")),
    }


def test_context_agents_and_groups_are_related_in_2_0() -> None:
    context = {
        "contextAgents": [{"objectType": "contextAgent", "agent": B}],
        "contextGroups": [{"objectType": "contextGroup", "group": {"objectType": "Group", **ACCOUNT, "member": [C]}}],
    }
    _, related = terms(Version.V2, context=context)
    assert {of(B), of(C), of(ACCOUNT)} <= related


def test_what_is_direct_is_not_related_as_well() -> None:
    direct, related = terms(context={"instructor": A, "contextActivities": {"parent": {"id": "https://a.test/o"}}})
    assert of(A) in direct
    assert related == {"amailto:lms@lms.test"}


def test_the_statement_that_a_context_names_is_no_term() -> None:
    direct, related = terms(context={"statement": {"objectType": "StatementRef", "id": ID}})
    assert not any(ID in term for term in direct | related)


def test_name_and_object_type_do_not_matter_and_capitals_do_only_where_they_mean_something() -> None:
    assert of({**A, "name": "Sari", "objectType": "Agent"}) == of(A) == of({**A, "objectType": "Group"})
    assert of(SHA1) == of({"mbox_sha1sum": "ab" * 20})
    assert of({"mbox": "mailto:A@peserta.test"}) != of(A)


def test_no_two_identifiers_have_one_term() -> None:
    tricky: list[dict[str, Any]] = [
        A,
        OPENID,
        SHA1,
        ACCOUNT,
        {"account": {"homePage": "https://lms.test", "name": "sari|x"}},
        {"account": {"homePage": "https://lms.test/sari", "name": ""}},
        {"account": {"homePage": "mailto:a@peserta.test", "name": ""}},
        {"openid": "mailto:a@peserta.test"},
        {"openid": "sha1:" + "ab" * 20},
        {"openid": "account:https://lms.test"},
    ]
    assert len({of(agent) for agent in tricky}) == len(tricky)
    assert of(ACCOUNT) == account_term("https://lms.test", "sari")


def test_an_anonymous_group_has_no_term_of_its_own() -> None:
    with pytest.raises(InvalidRequestError):
        of({"objectType": "Group", "member": [A]})
