"""Scopes, walls and bound keys at the statements resource (xAPI-Communication 1.0.3, 4.2)."""

from __future__ import annotations

import json

import pytest

from lrs.errors import ForbiddenError, InvalidRequestError, NotFoundError
from lrs.ports import Scope, Wall
from lrs.stores.memory import memory_stores
from tests.support.statement_sender import Sender, sender_over, statement

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
REGISTRATION = "1f9c4c1e-6b8a-4f5e-9d0e-2a1b3c4d5e6f"
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided"}
OTHERS = [Scope.STATE, Scope.DEFINE, Scope.PROFILE]


@pytest.fixture
def sender() -> Sender:
    return sender_over(memory_stores)


@pytest.mark.parametrize("scope", [None, *OTHERS, Scope.STATEMENTS_READ, Scope.STATEMENTS_READ_MINE, Scope.ALL_READ])
async def test_writing_needs_statements_write(sender: Sender, scope: Scope | None) -> None:
    reader = sender.as_(*([scope] if scope else []))
    with pytest.raises(ForbiddenError) as caught:
        await reader.post(statement())
    assert caught.value.scope == "statements/write"
    with pytest.raises(ForbiddenError):
        await reader.put(ID, statement())
    assert await sender.ids() == []


@pytest.mark.parametrize("scope", [None, *OTHERS, Scope.STATEMENTS_WRITE])
async def test_reading_needs_a_read_scope(sender: Sender, scope: Scope | None) -> None:
    await sender.post(statement(id=ID))
    writer = sender.as_(*([scope] if scope else []))
    for params in ([], [("statementId", ID)], [("voidedStatementId", ID)]):
        with pytest.raises(ForbiddenError) as caught:
            await writer.ask(*params)
        assert caught.value.scope == "statements/read"


async def test_each_read_scope_sees_as_far_as_its_wall(sender: Sender) -> None:
    mine, colleague, stranger = [
        (await sender.as_(Scope.STATEMENTS_WRITE, provider=provider, client=client).post(statement()))[0]
        for provider, client in (("balai", "lms-1"), ("balai", "lms-2"), ("lain", "lms-3"))
    ]
    for scope, seen in (
        (Scope.STATEMENTS_READ_MINE, [mine]),
        (Scope.STATEMENTS_READ, [mine, colleague]),
        (Scope.ALL_READ, [mine, colleague, stranger]),
        (Scope.ALL, [mine, colleague, stranger]),
    ):
        reader = sender.as_(scope)
        assert await reader.ids(("ascending", "true")) == seen
        for one in (mine, colleague, stranger):
            if one in seen:
                assert (await reader.one(one))["id"] == one
            else:
                with pytest.raises(NotFoundError):
                    await reader.one(one)


async def test_definitions_are_merged_only_with_define(sender: Sender) -> None:
    activity = "https://pelatihan.test/kursus/1"
    value = statement(object={"id": activity, "definition": {"name": {"id": "Kursus"}}})
    await sender.as_(Scope.STATEMENTS_WRITE).post(value)
    assert await sender.stores.directory.definition(activity, Wall()) is None
    await sender.as_(Scope.STATEMENTS_WRITE, Scope.DEFINE).post(value)
    definition = await sender.stores.directory.definition(activity, Wall())
    assert definition is not None
    assert json.loads(definition) == {"name": {"id": "Kursus"}}


def void(target: str) -> dict[str, object]:
    return statement(verb=VOIDED, object={"objectType": "StatementRef", "id": target})


async def test_a_statement_of_another_provider_can_be_voided_only_with_all(sender: Sender) -> None:
    await sender.as_(Scope.STATEMENTS_WRITE).post(statement(id=ID))
    with pytest.raises(ForbiddenError):
        await sender.as_(Scope.STATEMENTS_WRITE, provider="lain").post(void(ID))
    assert (await sender.one(ID))["id"] == ID
    await sender.as_(Scope.ALL, provider="lain").post(void(ID))
    with pytest.raises(NotFoundError):
        await sender.one(ID)


async def test_a_void_of_a_late_statement_of_another_provider_is_stored_without_effect(sender: Sender) -> None:
    await sender.as_(Scope.STATEMENTS_WRITE, provider="lain").post(void(ID))
    await sender.as_(Scope.STATEMENTS_WRITE).post(statement(id=ID))
    assert (await sender.one(ID))["id"] == ID


BOUND = {"bound_actor": "mailto:sari@peserta.test", "bound_registration": REGISTRATION}
OWN = statement(context={"registration": REGISTRATION})
STRANGERS = [
    statement(),
    statement(context={"registration": ID}),
    {**OWN, "actor": {"mbox": "mailto:budi@peserta.test"}},
    {**OWN, "actor": {"objectType": "Group", "member": [{"mbox": "mailto:sari@peserta.test"}]}},
    {**OWN, "actor": {"account": {"homePage": "https://h.test", "name": "mailto:sari@peserta.test"}}},
    {**void(ID), "context": {"registration": REGISTRATION}},
]


@pytest.mark.parametrize("value", STRANGERS)
async def test_a_bound_key_writes_only_its_actor_and_registration(sender: Sender, value: dict[str, object]) -> None:
    bound = sender.as_(Scope.STATEMENTS_WRITE, **BOUND)
    with pytest.raises(ForbiddenError):
        await bound.post(value)
    with pytest.raises(ForbiddenError) as caught:
        await bound.post([OWN, value])
    assert caught.value.where == "statements[1]"
    assert await sender.ids() == []


async def test_a_bound_key_writes_and_reads_its_own(sender: Sender) -> None:
    bound = sender.as_(Scope.STATEMENTS_WRITE, Scope.STATEMENTS_READ, **BOUND)
    ids = await bound.post([OWN, {**OWN, "context": {"registration": REGISTRATION.upper()}}])
    assert await bound.ids(("ascending", "true")) == ids
    assert (await bound.one(ids[0]))["id"] == ids[0]


async def test_a_bound_key_reads_nothing_of_others(sender: Sender) -> None:
    await sender.post(statement(id=ID))
    others = await sender.post([one for one in STRANGERS[:5] if one["actor"] != {"objectType": "Group"}])
    bound = sender.as_(Scope.STATEMENTS_READ, **BOUND)
    for one in others:
        with pytest.raises(NotFoundError):
            await bound.one(one)


@pytest.mark.parametrize("bound", [{"bound_actor": "mailto:sari@peserta.test"}, {"bound_registration": REGISTRATION}])
async def test_a_key_may_be_bound_by_one_of_the_two(sender: Sender, bound: dict[str, str]) -> None:
    await sender.as_(Scope.STATEMENTS_WRITE, **bound).post(OWN)
    with pytest.raises(ForbiddenError):
        await sender.as_(Scope.STATEMENTS_WRITE, **bound).post(statement(actor={"mbox": "mailto:budi@peserta.test"}))


async def test_an_authority_of_two_is_found_by_either_member(sender: Sender) -> None:
    """xAPI-Data 1.0.3, 2.4.9: with OAuth, an anonymous group of the application and the person."""
    members = [{"account": {"homePage": "https://o.test", "name": "app"}}, {"mbox": "mailto:guru@lms.test"}]
    authority = json.dumps({"objectType": "Group", "member": members}).encode()
    (made,) = await sender.as_(Scope.ALL, authority=authority).post(statement())
    for member in members:
        assert await sender.ids(("agent", json.dumps(member)), ("related_agents", "true")) == [made]
    assert (await sender.one(made))["authority"] == {"objectType": "Group", "member": members}


async def test_bad_parameters_are_told_before_anything_is_looked_up(sender: Sender) -> None:
    with pytest.raises(InvalidRequestError):
        await sender.as_().ask(("nonsense", "1"))
