"""PUT and POST of statements (xAPI-Communication 1.0.3, 2.1.1, 2.1.2; 2.0, 4.1.6.1); what was sent comes back as it was sent."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from lrs.errors import ConflictError, InvalidRequestError, InvalidStatementError, TooLargeError
from lrs.ports import Scope
from lrs.stores.memory import memory_stores
from lrs.web.statements import StatementLimits
from lrs.xapi.versions import Version
from tests.support.statement_sender import AUTHORITY, Sender, sender_over, statement

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"


@pytest.fixture
def sender() -> Sender:
    return sender_over(memory_stores)


async def test_post_answers_the_ids_in_the_order_sent(sender: Sender) -> None:
    ids = [str(uuid.uuid4()) for _ in range(5)]
    assert await sender.post([statement(id=one) for one in ids]) == ids


async def test_post_of_one_statement_answers_an_array(sender: Sender) -> None:
    assert await sender.post(statement(id=ID)) == [ID]


async def test_an_id_of_ours_is_a_uuid_of_version_seven(sender: Sender) -> None:
    made = await sender.post([statement(), statement()])
    assert [uuid.UUID(one).version for one in made] == [7, 7]
    assert made == sorted(made)


async def test_post_takes_a_charset(sender: Sender) -> None:
    assert await sender.post(statement(id=ID), "application/json; charset=utf-8") == [ID]


async def test_put_stores_under_the_parameter(sender: Sender) -> None:
    await sender.put(ID, statement())
    assert (await sender.one(ID))["id"] == ID


async def test_put_takes_an_id_that_agrees_in_any_case(sender: Sender) -> None:
    await sender.put(ID.upper(), statement(id=ID))
    assert (await sender.one(ID))["id"] == ID


async def test_put_refuses_an_id_that_does_not_agree(sender: Sender) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await sender.put(ID, statement(id=str(uuid.uuid4())))
    assert caught.value.where == "id"


async def test_put_refuses_an_array(sender: Sender) -> None:
    for body in ([statement()], [statement(), statement()], []):
        with pytest.raises(InvalidRequestError):
            await sender.put(ID, body)


@pytest.mark.parametrize(
    "params",
    [
        [],
        [("statementId", "no uuid")],
        [("StatementId", ID)],
        [("statementId", ID), ("statementId", ID)],
        [("statementId", ID), ("limit", "1")],
    ],
)
async def test_put_needs_statement_id_and_nothing_else(sender: Sender, params: list[tuple[str, str]]) -> None:
    body = json.dumps(statement()).encode()
    with pytest.raises(InvalidRequestError):
        await sender.resource.put(sender.request("PUT", params, body, content_type="application/json"))


async def test_post_refuses_any_parameter(sender: Sender) -> None:
    for name in ("statementId", "cursor", "anything"):
        with pytest.raises(InvalidRequestError) as caught:
            await sender.post(statement(), params=[(name, ID)])
        assert caught.value.where == f"parameter {name}"


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "multipart/form-data; boundary=x", "application/jsonp", "application/octet-stream"]
)
async def test_another_content_type_is_a_bad_request(sender: Sender, content_type: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await sender.post(statement(), content_type)
    assert caught.value.where == "header Content-Type"


async def test_the_same_statement_again_is_accepted_and_changes_nothing(sender: Sender) -> None:
    await sender.post(statement(id=ID))
    before = await sender.raw(ID)
    assert await sender.post(statement(id=ID)) == [ID]
    await sender.put(ID, statement())
    assert await sender.raw(ID) == before


async def test_another_statement_with_that_id_is_a_conflict_by_post_and_by_put(sender: Sender) -> None:
    await sender.post(statement(id=ID))
    before = await sender.raw(ID)
    other = statement(verb={"id": "http://adlnet.gov/expapi/verbs/failed"})
    with pytest.raises(ConflictError):
        await sender.post({**other, "id": ID})
    with pytest.raises(ConflictError):
        await sender.put(ID, other)
    assert await sender.raw(ID) == before


async def test_a_conflict_in_a_batch_names_the_statement_and_stores_none(sender: Sender) -> None:
    await sender.post(statement(id=ID))
    first = str(uuid.uuid4())
    with pytest.raises(ConflictError) as caught:
        await sender.post([statement(id=first), statement(id=ID, verb={"id": "http://adlnet.gov/expapi/verbs/failed"})])
    assert caught.value.where.startswith("statements[1]")
    assert await sender.ids() == [ID]


async def test_the_same_id_twice_in_a_batch_is_refused(sender: Sender) -> None:
    for second in (ID, ID.upper()):
        with pytest.raises(InvalidStatementError):
            await sender.post([statement(id=ID), statement(id=second)])
    assert await sender.ids() == []


async def test_one_bad_statement_refuses_the_batch_and_says_where(sender: Sender) -> None:
    with pytest.raises(InvalidStatementError) as caught:
        await sender.post([statement(), statement(), statement(actor={"mbox": "http://sari"})])
    assert caught.value.where == "statements[2].actor.mbox"
    assert await sender.ids() == []


async def test_a_batch_over_the_limit_is_too_large() -> None:
    sender = sender_over(memory_stores, limits=StatementLimits(statements=2))
    await sender.post([statement(), statement()])
    with pytest.raises(TooLargeError):
        await sender.post([statement()] * 3)


GROUP = {"objectType": "Group", "name": "Tim"}
MEMBERS = [{"mbox": f"mailto:{name}@peserta.test"} for name in ("a", "b", "c")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"timestamp": "2026-01-01T07:00:00+07:00"}, {"timestamp": "2026-01-01T00:00:00Z"}),
        ({"verb": {"id": "https://v.test/v", "display": {"en": "a"}}}, {"verb": {"id": "https://v.test/v"}}),
        (
            {"object": {"id": "https://a.test/a", "definition": {"name": {"en": "a"}}}},
            {"object": {"objectType": "Activity", "id": "https://a.test/a", "definition": {"name": {"en": "b"}}}},
        ),
        ({"actor": {**GROUP, "member": MEMBERS}}, {"actor": {**GROUP, "member": MEMBERS[::-1]}}),
        ({"stored": "2020-01-01T00:00:00Z"}, {"authority": {"mbox": "mailto:other@lms.test"}}),
        ({"version": "1.0.0"}, {"version": "1.0.3"}),
        ({}, {"timestamp": "2026-01-01T00:00:00Z"}),
    ],
)
async def test_what_the_lrs_may_change_makes_no_other_statement(sender: Sender, first: dict[str, Any], second: dict[str, Any]) -> None:
    """xAPI-Data 1.0.3, 2.3.1 (statement comparison)."""
    await sender.post(statement(id=ID, **first))
    before = await sender.raw(ID)
    await sender.post(statement(id=ID, **second))
    await sender.put(ID, statement(**second))
    assert await sender.raw(ID) == before


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"result": {"duration": "PT1H"}}, {"result": {"duration": "PT60M"}}),
        ({"result": {"success": True}}, {"result": {"success": False}}),
        ({"result": {"extensions": {"https://e.test/e": 1}}}, {"result": {"extensions": {"https://e.test/e": 2}}}),
        ({"context": {"registration": ID}}, {}),
        ({"actor": {**GROUP, "member": MEMBERS}}, {"actor": {**GROUP, "member": MEMBERS[:2]}}),
    ],
)
async def test_anything_else_makes_another_statement(sender: Sender, first: dict[str, Any], second: dict[str, Any]) -> None:
    await sender.post(statement(id=ID, **first))
    with pytest.raises(ConflictError):
        await sender.post(statement(id=ID, **second))


ODD = (
    '{ "a" :1e400,"b":123456789012345678901234567890,"c": 0.10,"d":-0,"e":1E+2, "\\u00e9":"\\u00e9\\/ é \\ud83d\\ude00",'
    '"n":null,"empty":{}, "list":[ ],"deep":[[[["x"]]]],"s":"  \\n" }'
)
SENT = (
    '{"actor":{"mbox":"mailto:sari@peserta.test"} ,\n\t"verb":{"id":"https://v.test/v"},"object":{"id":"https://a.test/a"},'
    '"result":{"extensions":{"https://e.test/e":' + ODD + "}}"
)


@pytest.mark.parametrize(
    "tail",
    [
        "}",
        ',"stored":"2020-01-01T00:00:00Z"}',
        ',"authority":{"mbox":"mailto:other@lms.test"} , "stored" : "2020-01-01T00:00:00Z" }',
        ',"timestamp":"2026-01-01T07:00:00.123456789+07:00","version":"1.0.2"}',
    ],
)
@pytest.mark.parametrize("version", list(Version))
async def test_every_number_and_byte_comes_back_as_it_was_sent(sender: Sender, tail: str, version: Version) -> None:
    speaking = sender.speaking(version)
    (made,) = await speaking.post((SENT + tail).encode())
    raw = (await speaking.raw(made)).decode()
    assert SENT in raw
    assert (
        raw.count('"stored"')
        == raw.count('"authority"')
        == raw.count('"timestamp"')
        == raw.count('"version"')
        == raw.count('"id":"' + made)
        == 1
    )
    assert '"authority":' + AUTHORITY.decode() in raw
    if "timestamp" in tail:
        assert '"timestamp":"2026-01-01T07:00:00.123456789+07:00"' in raw
    page = await speaking.ask()
    assert isinstance(page.body, bytes)
    assert raw in page.body.decode()


async def test_what_the_lrs_adds_is_there_once_and_its_own(sender: Sender) -> None:
    (made,) = await sender.post(statement(stored="2001-01-01T00:00:00Z"))
    kept = await sender.one(made)
    assert kept["timestamp"] == kept["stored"] > "2026"
    assert (kept["version"], kept["authority"]) == ("1.0.0", json.loads(AUTHORITY))


async def test_single_context_activities_come_back_as_arrays(sender: Sender) -> None:
    activity = {"id": "https://a.test/parent"}
    (made,) = await sender.post(statement(context={"contextActivities": {"parent": activity, "other": [activity]}}))
    assert (await sender.one(made))["context"]["contextActivities"] == {"parent": [activity], "other": [activity]}


@pytest.mark.parametrize("bad", ["NaN", "Infinity", "-Infinity", '{"a":1,"a":2}', '"\\ud800"', "[" * 200 + "]" * 200, "1" * 1_001])
async def test_json_that_is_not_strict_is_refused_anywhere(sender: Sender, bad: str) -> None:
    body = json.dumps(statement(result={"extensions": {"https://e.test/e": "HERE"}})).replace('"HERE"', bad)
    with pytest.raises(InvalidStatementError):
        await sender.post(body.encode())
    with pytest.raises(InvalidStatementError):
        await sender.put(ID, body.encode())


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"1", b'"x"', b"[1]", b"[[]]", b"\xff\xfe", b"\xef\xbb\xbf{}", b"{}"])
async def test_a_body_that_is_no_statement_is_refused(sender: Sender, body: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        await sender.post(body)


async def test_a_statement_of_version_two_is_read_unchanged_by_a_client_of_version_one(sender: Sender) -> None:
    context = {"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:guru@lms.test"}}]}
    (made,) = await sender.speaking(Version.V2).post(statement(context=context))
    assert await sender.speaking(Version.V1).raw(made) == await sender.speaking(Version.V2).raw(made)
    assert (await sender.one(made))["version"] == "2.0.0"
    with pytest.raises(InvalidStatementError):
        await sender.speaking(Version.V1).post(statement(context=context))


@pytest.mark.parametrize(
    ("zone", "kept"),
    [("Asia/Jakarta", "+07:00"), ("Asia/Jayapura", "+09:00"), ("UTC", "Z"), ("Nowhere/Known", "Z"), ("../etc/passwd", "Z")],
)
async def test_a_timestamp_without_a_zone_is_in_the_clients(zone: str, kept: str) -> None:
    told = statement(id=ID, timestamp="2026-11-24T23:30:00")
    sender = sender_over(memory_stores).as_(Scope.ALL, time_zone=zone)
    await sender.post(told)
    assert (await sender.one(ID))["timestamp"] == "2026-11-24T23:30:00" + kept
    await sender.post(told)  # sent again, it is the same
    await sender.put(ID, told)


async def test_a_timestamp_with_a_zone_keeps_its_own() -> None:
    sender = sender_over(memory_stores).as_(Scope.ALL, time_zone="Asia/Jayapura")
    for number, timestamp in enumerate(("2026-11-24T23:30:00Z", "2026-11-24T23:30:00.5+07:00", "2026-11-24T23:30:00-0330")):
        own_id = ID[:-1] + str(number)
        await sender.post(statement(id=own_id, timestamp=timestamp))
        assert (await sender.one(own_id))["timestamp"] == timestamp
