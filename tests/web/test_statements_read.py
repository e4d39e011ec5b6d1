"""GET of statements (xAPI-Communication 1.0.3, 2.1.3; 2.0, 4.1.6.1)."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from lrs.errors import InvalidRequestError, NotFoundError
from lrs.stores.memory import memory_stores
from tests.support.statement_sender import Sender, sender_over, statement

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"


@pytest.fixture
def sender() -> Sender:
    return sender_over(memory_stores)


def reference(target: str, **members: Any) -> dict[str, Any]:
    return statement(object={"objectType": "StatementRef", "id": target}, **members)


def void(target: str) -> dict[str, Any]:
    return reference(target, verb={"id": VOIDED}, actor={"mbox": "mailto:admin@lms.test"})


async def stored_of(sender: Sender, statement_id: str) -> str:
    stored: str = (await sender.one(statement_id))["stored"]
    return stored


async def test_an_empty_result_is_a_result(sender: Sender) -> None:
    response = await sender.ask()
    assert (response.status, response.body) == (200, b'{"statements":[],"more":""}')
    assert response.headers == [("Content-Type", "application/json")]


async def test_a_single_statement_says_when_it_was_stored(sender: Sender) -> None:
    await sender.post(statement(id=ID))
    response = await sender.ask(("statementId", ID))
    headers = dict(response.headers)
    assert headers["Content-Type"] == "application/json"
    stored = datetime.fromisoformat(await stored_of(sender, ID))
    assert parsedate_to_datetime(headers["Last-Modified"]) == stored.replace(microsecond=0)
    assert headers["Last-Modified"].endswith(" GMT")


async def test_an_unknown_id_is_not_found(sender: Sender) -> None:
    for name in ("statementId", "voidedStatementId"):
        with pytest.raises(NotFoundError):
            await sender.ask((name, ID))


async def test_an_id_is_found_in_any_case(sender: Sender) -> None:
    await sender.post(statement(id=ID))
    assert (await sender.one(ID.upper()))["id"] == ID


@pytest.mark.parametrize(
    "params",
    [
        [("StatementId", ID)],
        [("Limit", "1")],
        [("nonsense", "1")],
        [("limit", "1"), ("limit", "1")],
        [("limit", "-1")],
        [("limit", "1.0")],
        [("limit", "")],
        [("limit", "\u0663")],
        [("limit", "+1")],
        [("ascending", "True")],
        [("ascending", "1")],
        [("attachments", "yes")],
        [("related_agents", "")],
        [("related_activities", "TRUE")],
        [("format", "Exact")],
        [("format", "")],
        [("statementId", "8f87ccdebb564c2eab8344982ef22df0")],
        [("statementId", "{8f87ccde-bb56-4c2e-ab83-44982ef22df0}")],
        [("registration", "no uuid")],
        [("verb", "no iri")],
        [("activity", "")],
        [("agent", "{")],
        [("agent", "{}")],
        [("agent", '{"mbox":"sari@peserta.test"}')],
        [("agent", '{"mbox":"mailto:a@b.test","mbox":"mailto:a@b.test"}')],
        [("agent", '{"objectType":"Group","member":[{"mbox":"mailto:a@b.test"}]}')],
        [("agent", '["mailto:a@b.test"]')],
        [("since", "yesterday")],
        [("since", "2026-01-01T00:00:00-00:00")],
        [("until", "01/01/2026")],
        [("cursor", "")],
        [("cursor", "!nonsense!")],
        [("cursor", "x" * 10_000)],
        [("statementId", ID), ("voidedStatementId", ID)],
        *(
            [("statementId", ID), (name, "true")]
            for name in ("related_agents", "related_activities", "ascending", "limit", "since", "cursor")
        ),
        *([("voidedStatementId", ID), (name, "x")] for name in ("agent", "verb", "activity", "registration", "until")),
    ],
)
async def test_a_parameter_that_is_unknown_repeated_or_bad_is_refused(sender: Sender, params: list[tuple[str, str]]) -> None:
    await sender.post(statement(id=ID))
    with pytest.raises(InvalidRequestError) as caught:
        await sender.ask(*params)
    assert caught.value.where.startswith("parameter ")


async def test_a_single_statement_goes_together_with_format_and_attachments(sender: Sender) -> None:
    await sender.post(statement(id=ID))
    assert (await sender.one(ID, ("format", "ids"), ("attachments", "false")))["verb"] == {"id": statement()["verb"]["id"]}


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ([("agent", '{"mbox":"mailto:sari@peserta.test"}')], True),
        ([("agent", '{"mbox":"mailto:sari@peserta.test","name":"somebody","objectType":"Group"}')], True),
        ([("agent", '{"mbox":"mailto:guru@lms.test"}')], False),
        ([("agent", '{"mbox":"mailto:guru@lms.test"}'), ("related_agents", "true")], True),
        ([("agent", '{"account":{"homePage":"https://lrs.test","name":"lms-1"}}')], False),
        ([("agent", '{"account":{"homePage":"https://lrs.test","name":"lms-1"}}'), ("related_agents", "true")], True),
        ([("activity", "https://pelatihan.test/kursus/1")], True),
        ([("activity", "https://pelatihan.test/program")], False),
        ([("activity", "https://pelatihan.test/program"), ("related_activities", "true")], True),
        ([("registration", ID)], True),
        ([("registration", ID.upper())], True),
        ([("registration", "00000000-0000-4000-8000-000000000000")], False),
        ([("verb", "http://adlnet.gov/expapi/verbs/attended"), ("registration", ID)], True),
        ([("verb", "http://adlnet.gov/expapi/verbs/failed"), ("registration", ID)], False),
    ],
)
async def test_filters_find_what_they_name(sender: Sender, params: list[tuple[str, str]], found: bool) -> None:
    context = {
        "registration": ID,
        "instructor": {"mbox": "mailto:guru@lms.test"},
        "contextActivities": {"parent": [{"id": "https://pelatihan.test/program"}]},
    }
    made = await sender.post(statement(context=context))
    assert await sender.ids(*params) == (made if found else [])


async def test_the_senders_own_authority_is_not_what_is_searched(sender: Sender) -> None:
    await sender.post(statement(authority={"mbox": "mailto:liar@lms.test"}))
    assert await sender.ids(("agent", '{"mbox":"mailto:liar@lms.test"}'), ("related_agents", "true")) == []


@pytest.mark.parametrize("target_first", [True, False])
async def test_a_reference_matches_what_its_target_matches_over_three_steps(sender: Sender, target_first: bool) -> None:
    """xAPI-Communication 1.0.3, 2.1.3, "Filter Conditions for StatementRefs"."""
    ids = [str(uuid.uuid4()) for _ in range(4)]
    chain = [statement(id=ids[0], verb={"id": "https://v.test/target"})]
    chain += [reference(ids[n], id=ids[n + 1]) for n in range(3)]
    for one in chain if target_first else chain[::-1]:
        await sender.post(one)
    assert sorted(await sender.ids(("verb", "https://v.test/target"))) == sorted(ids)


async def test_since_and_limit_apply_to_the_referrer_itself(sender: Sender) -> None:
    (target,) = await sender.post(statement(verb={"id": "https://v.test/target"}))
    moment = await stored_of(sender, target)
    (referrer,) = await sender.post(reference(target))
    assert await sender.ids(("verb", "https://v.test/target"), ("since", moment)) == [referrer]
    assert await sender.ids(("verb", "https://v.test/target"), ("limit", "1")) == [referrer]


@pytest.mark.parametrize("target_first", [True, False])
async def test_a_voided_statement_is_found_as_voided_only(sender: Sender, target_first: bool) -> None:
    """xAPI-Data 1.0.3, 2.3.2; 2.0, 4.2.5."""
    for one in [statement(id=ID), void(ID)] if target_first else [void(ID), statement(id=ID)]:
        await sender.post(one)
    with pytest.raises(NotFoundError):
        await sender.one(ID)
    response = await sender.ask(("voidedStatementId", ID))
    assert isinstance(response.body, bytes)
    assert json.loads(response.body)["id"] == ID
    assert ID not in await sender.ids()


async def test_a_voiding_statement_cannot_be_voided(sender: Sender) -> None:
    await sender.post(statement(id=ID))
    (voiding,) = await sender.post(void(ID))
    await sender.post(void(voiding))
    assert (await sender.one(voiding))["id"] == voiding
    with pytest.raises(NotFoundError):
        await sender.one(ID)


async def test_canonical_uses_accept_language_and_exact_does_not(sender: Sender) -> None:
    (made,) = await sender.post(statement())
    assert (await sender.one(made, ("format", "canonical"), accept_language="id;q=0.9, fr;q=0.95"))["verb"]["display"] == {
        "id-ID": "mengikuti"
    }
    assert (await sender.one(made, ("format", "exact"), accept_language="id"))["verb"]["display"] == statement()["verb"]["display"]
    assert (await sender.one(made, accept_language="id"))["verb"]["display"] == statement()["verb"]["display"]
