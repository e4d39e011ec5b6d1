"""Attachments with statements, both ways (xAPI-Communication 1.0.3, 1.5; xAPI-Data 1.0.3, 2.4.11; 2.0, 4.1.3)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from lrs.errors import InvalidRequestError, TooLargeError
from lrs.ports import Scope
from lrs.services.statement_reads import PageLimits
from lrs.stores.memory import memory_stores
from lrs.web.multipart import PartLimits
from lrs.web.statements import StatementLimits
from tests.support.statement_sender import BOUNDARY, Sender, attachment, multipart, part, sender_over, statement

BYTES = b"\x00\xff\r\n--" + BOUNDARY.encode() + b"x\r\n\r\nlampiran \xc3\xa9"
OTHER = b"lampiran kedua"
URL = "https://berkas.test/a.txt"
MIXED = f"multipart/mixed; boundary={BOUNDARY}"


@pytest.fixture
def sender() -> Sender:
    return sender_over(memory_stores)


async def contents(sender: Sender, *params: tuple[str, str]) -> list[bytes]:
    return [one.content for one in (await sender.parts(*params))[1:]]


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
async def test_the_bytes_come_back_as_they_were_sent(sender: Sender, algorithm: str) -> None:
    declared = attachment(BYTES, algorithm=algorithm, contentType="text/plain; charset=utf-8")
    (made,) = await sender.post_parts(statement(attachments=[declared]), part(BYTES, algorithm=algorithm))
    first, second = await sender.parts(("statementId", made))
    assert first.headers == {"content-type": "application/json"}
    assert json.loads(first.content)["id"] == made
    assert second.content == BYTES
    assert second.headers == {
        "content-type": "text/plain; charset=utf-8",
        "content-transfer-encoding": "binary",
        "x-experience-api-hash": declared["sha2"],
    }


async def test_a_list_with_attachments_is_a_result_in_the_first_part(sender: Sender) -> None:
    await sender.post_parts(statement(attachments=[attachment(BYTES)]), part(BYTES))
    first, second = await sender.parts()
    assert json.loads(first.content).keys() == {"statements", "more"}
    assert second.content == BYTES


async def test_an_answer_without_attachments_is_multipart_too_when_they_were_asked_for(sender: Sender) -> None:
    assert len(await sender.parts()) == 1
    (made,) = await sender.post(statement())
    assert len(await sender.parts(("statementId", made))) == 1


async def test_the_boundary_stands_unquoted_in_the_second_place(sender: Sender) -> None:
    response = await sender.ask(("attachments", "true"))
    kind, boundary = dict(response.headers)["Content-Type"].split("; ")
    assert kind == "multipart/mixed"
    assert boundary.removeprefix("boundary=").isalnum()


async def test_without_the_parameter_the_answer_is_json(sender: Sender) -> None:
    (made,) = await sender.post_parts(statement(attachments=[attachment(BYTES)]), part(BYTES))
    for params in ([], [("attachments", "false")]):
        response = await sender.ask(("statementId", made), *params)
        assert dict(response.headers)["Content-Type"] == "application/json"
        assert isinstance(response.body, bytes)


async def test_several_statements_carry_several_attachments_and_share_a_digest(sender: Sender) -> None:
    statements = [
        statement(attachments=[attachment(BYTES), attachment(OTHER)]),
        statement(),
        statement(attachments=[attachment(BYTES, contentType="text/markdown")]),
    ]
    ids = await sender.post_parts(statements, part(OTHER), part(BYTES))
    assert sorted(await contents(sender)) == sorted([BYTES, OTHER])
    assert await contents(sender, ("statementId", ids[0])) == [BYTES, OTHER]
    assert await contents(sender, ("statementId", ids[1])) == []
    _, only = await sender.parts(("statementId", ids[2]))
    assert (only.content, only.headers["content-type"]) == (BYTES, "text/markdown")


async def test_a_digest_declared_twice_may_come_twice_and_goes_out_once(sender: Sender) -> None:
    statements = [statement(attachments=[attachment(BYTES)]) for _ in range(2)]
    await sender.post_parts(statements, part(BYTES), part(BYTES))
    assert await contents(sender) == [BYTES]
    with pytest.raises(InvalidRequestError):
        await sender.post_parts(statements, part(BYTES), part(BYTES), part(BYTES))


async def test_attachments_of_a_sub_statement_count(sender: Sender) -> None:
    inner = {"objectType": "SubStatement", **statement(attachments=[attachment(BYTES)])}
    with pytest.raises(InvalidRequestError):
        await sender.post(statement(object=inner))
    (made,) = await sender.post_parts(statement(object=inner), part(BYTES))
    assert await contents(sender, ("statementId", made)) == [BYTES]


async def test_a_digest_in_capitals_is_the_same_digest(sender: Sender) -> None:
    declared = attachment(BYTES)
    (made,) = await sender.post_parts(statement(attachments=[{**declared, "sha2": declared["sha2"].upper()}]), part(BYTES))
    assert await contents(sender, ("statementId", made)) == [BYTES]


async def test_a_wrong_length_is_let_pass(sender: Sender) -> None:
    (made,) = await sender.post_parts(statement(attachments=[attachment(BYTES, length=1)]), part(BYTES))
    assert await contents(sender, ("statementId", made)) == [BYTES]


async def test_file_url_alone_is_fine_as_json_and_as_multipart(sender: Sender) -> None:
    """2.0, 4.1.3: multipart with only fileUrl attachments, or with none at all."""
    value = statement(attachments=[attachment(BYTES, fileUrl=URL)])
    await sender.post(value)
    await sender.post_parts(value)
    await sender.post_parts(statement())
    assert await contents(sender) == []


async def test_an_attachment_with_file_url_and_part_goes_out(sender: Sender) -> None:
    (made,) = await sender.post_parts(statement(attachments=[attachment(BYTES, fileUrl=URL)]), part(BYTES))
    assert await contents(sender, ("statementId", made)) == [BYTES]


async def test_a_part_must_be_in_this_request_though_its_bytes_are_kept_already(sender: Sender) -> None:
    value = statement(attachments=[attachment(BYTES)])
    await sender.post_parts(value, part(BYTES))
    for body, content_type in ((json.dumps(value).encode(), "application/json"), (multipart(value), MIXED)):
        with pytest.raises(InvalidRequestError) as caught:
            await sender.post(body, content_type)
        assert caught.value.where == "attachments"


DECLARED = statement(attachments=[attachment(BYTES)])


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("hash of other bytes", multipart(DECLARED, part(BYTES + b"!", X_Experience_API_Hash=attachment(BYTES)["sha2"]))),
        ("no hash", multipart(DECLARED, part(BYTES, X_Experience_API_Hash=""))),
        ("hash of another kind", multipart(DECLARED, part(BYTES, X_Experience_API_Hash="0" * 40))),
        ("hash that is no hex", multipart(DECLARED, part(BYTES, X_Experience_API_Hash="z" * 64))),
        ("surplus part", multipart(DECLARED, part(BYTES), part(OTHER))),
        ("surplus part alone", multipart(statement(), part(OTHER))),
        ("missing part", multipart(statement(attachments=[attachment(BYTES), attachment(OTHER)]), part(BYTES))),
        ("no transfer encoding", multipart(DECLARED, part(BYTES, Content_Transfer_Encoding=""))),
        ("base64", multipart(DECLARED, part(BYTES, Content_Transfer_Encoding="base64"))),
        ("first part no JSON", multipart(DECLARED, part(BYTES), content_type="text/plain")),
        (
            "statements in two parts",
            multipart(DECLARED, b"Content-Type: application/json\r\n\r\n" + json.dumps(DECLARED).encode(), part(BYTES)),
        ),
        ("no delimiter", json.dumps(DECLARED).encode()),
    ],
)
async def test_a_malformed_request_with_attachments_is_refused_and_stores_nothing(sender: Sender, name: str, body: bytes) -> None:
    with pytest.raises(InvalidRequestError):
        await sender.post(body, MIXED)
    assert await sender.ids() == []


@pytest.mark.parametrize("content_type", ["multipart/mixed", "multipart/mixed;", "multipart/form-data; boundary=" + BOUNDARY])
async def test_the_request_must_name_its_boundary_and_be_mixed(sender: Sender, content_type: str) -> None:
    with pytest.raises(InvalidRequestError):
        await sender.post(multipart(DECLARED, part(BYTES)), content_type)


async def test_a_missing_part_is_named_in_a_batch(sender: Sender) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await sender.post([statement(), DECLARED])
    assert caught.value.where == "statements[1].attachments"


async def test_an_attachment_over_its_limit_is_too_large() -> None:
    sender = sender_over(memory_stores, limits=StatementLimits(attachment_bytes=10, parts=PartLimits(parts=2)))
    with pytest.raises(TooLargeError):
        await sender.post_parts(DECLARED, part(BYTES))
    with pytest.raises(TooLargeError):
        await sender.post_parts(DECLARED, part(b"a"), part(b"b"))


async def test_a_large_attachment_comes_back_in_pieces(sender: Sender) -> None:
    content = bytes(range(256)) * 4_096 * 2
    (made,) = await sender.post_parts(statement(attachments=[attachment(content)]), part(content))
    assert await contents(sender, ("statementId", made)) == [content]


async def test_put_takes_attachments(sender: Sender) -> None:
    put_id = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
    request = sender.request("PUT", [("statementId", put_id)], multipart(DECLARED, part(BYTES)), content_type=MIXED)
    assert (await sender.resource.put(request)).status == 204
    assert await contents(sender, ("statementId", put_id)) == [BYTES]


async def test_a_name_written_with_escapes_hides_no_attachment(sender: Sender) -> None:
    body = json.dumps(DECLARED).replace('"attachments"', '"attachm\\u0065nts"').encode()
    (made,) = await sender.post_parts(body, part(BYTES))
    assert await contents(sender, ("statementId", made)) == [BYTES]


async def pages(sender: Sender, *params: tuple[str, str]) -> list[tuple[list[str], list[bytes]]]:
    found = []
    more = ""
    while True:
        query = [pair for pair in parse_qsl(urlsplit(more).query) if pair[0] != "attachments"] if more else list(params)
        first, *others = await sender.parts(*query)
        result: dict[str, Any] = json.loads(first.content)
        found.append(([one["id"] for one in result["statements"]], [one.content for one in others]))
        more = result["more"]
        if not more:
            return found


async def test_a_page_ends_where_its_attachments_reach_the_byte_limit() -> None:
    sender = sender_over(memory_stores, limits=StatementLimits(page=PageLimits(bytes=10_000)))
    made = []
    for number in range(6):
        content = bytes([65 + number]) * 4_000
        made += await sender.post_parts(statement(attachments=[attachment(content)]), part(content))
    huge = b"h" * 50_000
    made += await sender.post_parts(statement(attachments=[attachment(huge)]), part(huge))
    found = await pages(sender, ("ascending", "true"))
    assert [one for ids, _ in found for one in ids] == made
    assert [len(ids) for ids, _ in found] == [2, 2, 2, 1]
    assert found[-1][1] == [huge]


async def test_naming_a_digest_opens_no_attachment_of_another_provider(sender: Sender) -> None:
    """Bytes go out only where they came with a statement within the reader's wall."""
    await sender.post_parts(DECLARED, part(BYTES))
    scopes = (Scope.STATEMENTS_WRITE, Scope.STATEMENTS_READ)
    thief = sender.as_(*scopes, provider="lain", client="lms-9")
    (made,) = await thief.post(statement(attachments=[attachment(BYTES, fileUrl=URL)]))
    assert await contents(thief, ("statementId", made)) == []
    assert await contents(thief) == []
    assert await contents(sender.as_(*scopes)) == [BYTES]
    honest = sender.as_(*scopes, provider="ketiga", client="lms-3")
    await honest.post_parts(DECLARED, part(BYTES))
    assert await contents(honest) == [BYTES]


async def test_the_attachments_of_a_voided_statement_are_still_its_own(sender: Sender) -> None:
    own = sender.as_(Scope.STATEMENTS_WRITE, Scope.STATEMENTS_READ)
    (made,) = await own.post_parts(DECLARED, part(BYTES))
    target = {"objectType": "StatementRef", "id": made}
    await own.post(statement(verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object=target))
    assert await contents(own, ("voidedStatementId", made)) == [BYTES]
