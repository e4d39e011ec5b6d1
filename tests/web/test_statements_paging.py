"""Pages of statements: order, bounds, limits and `more` (xAPI-Communication 1.0.3, 2.1.3; xAPI-Data 1.0.3, 2.5)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from lrs.services.statement_reads import PageLimits
from lrs.stores.memory import memory_stores
from lrs.web.statements import StatementLimits
from tests.support.statement_sender import Sender, sender_over, statement


@pytest.fixture
def sender() -> Sender:
    return sender_over(memory_stores)


async def stored_of(sender: Sender, statement_id: str) -> str:
    stored: str = (await sender.one(statement_id))["stored"]
    return stored


async def follow(sender: Sender, more: str) -> tuple[list[Any], str]:
    split = urlsplit(more)
    assert split.path == "/xapi/statements"
    return await sender.page(*parse_qsl(split.query, keep_blank_values=True, strict_parsing=True))


async def test_newest_comes_first_and_ascending_turns_it(sender: Sender) -> None:
    ids = [(await sender.post(statement()))[0] for _ in range(3)]
    assert await sender.ids() == ids[::-1]
    assert await sender.ids(("ascending", "true")) == ids
    assert await sender.ids(("ascending", "false")) == ids[::-1]


async def test_since_is_exclusive_and_until_inclusive_on_stored(sender: Sender) -> None:
    first, second, third = [(await sender.post(statement(timestamp="2030-01-01T00:00:00Z")))[0] for _ in range(3)]
    moment = await stored_of(sender, second)
    assert await sender.ids(("since", moment)) == [third]
    assert await sender.ids(("until", moment)) == [second, first]
    assert await sender.ids(("since", moment), ("until", moment)) == []
    just_before = (datetime.fromisoformat(moment) - timedelta(microseconds=1)).isoformat()
    assert second in await sender.ids(("since", just_before))
    assert second not in await sender.ids(("until", just_before))


async def test_since_takes_any_time_zone(sender: Sender) -> None:
    first, second = [(await sender.post(statement()))[0] for _ in range(2)]
    moment = datetime.fromisoformat(await stored_of(sender, first))
    jakarta = (moment + timedelta(hours=7)).replace(tzinfo=None).isoformat() + "+07:00"
    assert await sender.ids(("since", jakarta)) == [second]


async def test_limit_zero_and_no_limit_and_too_much_are_the_servers_maximum() -> None:
    sender = sender_over(memory_stores, limits=StatementLimits(page=PageLimits(statements=3)))
    await sender.post([statement() for _ in range(5)])
    for params in ([], [("limit", "0")], [("limit", "4")], [("limit", "9" * 5_000)]):
        statements, more = await sender.page(*params)
        assert len(statements) == 3
        assert more


async def test_limit_cuts_the_page(sender: Sender) -> None:
    await sender.post([statement() for _ in range(5)])
    statements, more = await sender.page(("limit", "2"))
    assert len(statements) == 2
    assert more.startswith("/xapi/statements?limit=2&cursor=")


@pytest.mark.parametrize("ascending", ["true", "false"])
async def test_more_leads_through_all_pages_and_ends_empty(sender: Sender, ascending: str) -> None:
    ids = await sender.post([statement() for _ in range(7)])
    await sender.post([statement(verb={"id": "https://v.test/other"}) for _ in range(3)])
    verb = statement()["verb"]["id"]
    statements, more = await sender.page(("limit", "3"), ("verb", verb), ("ascending", ascending))
    seen = [one["id"] for one in statements]
    while more:
        statements, more = await follow(sender, more)
        assert statements
        seen += [one["id"] for one in statements]
    assert seen == (ids if ascending == "true" else ids[::-1])


async def test_a_more_link_keeps_every_parameter(sender: Sender) -> None:
    agent = '{"mbox":"mailto:sari@peserta.test","name":"Sari & \\"Budi\\" é+"}'
    await sender.post([statement() for _ in range(3)])
    statements, more = await sender.page(("agent", agent), ("format", "ids"), ("limit", "1"))
    assert more.isascii()
    assert dict(parse_qsl(urlsplit(more).query))["agent"] == agent
    second, _ = await follow(sender, more)
    assert "display" not in second[0]["verb"]
    assert second[0]["id"] != statements[0]["id"]


async def test_paging_while_others_write_misses_none_and_repeats_none(sender: Sender) -> None:
    before = await sender.post([statement() for _ in range(60)])

    async def write() -> None:
        for _ in range(40):
            await sender.post([statement(), statement()])
            await asyncio.sleep(0)

    async def read(ascending: str) -> list[str]:
        statements, more = await sender.page(("limit", "7"), ("ascending", ascending))
        seen = [one["id"] for one in statements]
        while more:
            await asyncio.sleep(0)
            statements, more = await follow(sender, more)
            seen += [one["id"] for one in statements]
        return seen

    _, down, up = await asyncio.gather(write(), read("false"), read("true"))
    for seen in (down, up):
        assert len(seen) == len(set(seen))
        assert [one for one in sorted(seen) if one in set(before)] == before
    assert down == sorted(down, reverse=True)
    assert up == sorted(up)


async def test_a_page_ends_at_its_byte_limit_with_one_statement_at_least() -> None:
    sender = sender_over(memory_stores, limits=StatementLimits(page=PageLimits(bytes=1_500)))
    ids = await sender.post([statement() for _ in range(6)] + [statement(result={"response": "x" * 3_000})])
    statements, more = await sender.page()
    assert [one["id"] for one in statements] == [ids[-1]]
    seen = 1
    while more:
        statements, more = await follow(sender, more)
        assert 1 <= len(statements) < 6
        seen += len(statements)
    assert seen == 7
