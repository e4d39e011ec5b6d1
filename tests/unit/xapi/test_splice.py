"""What the store returns: the sender's bytes, with what the LRS sets taken out and put in (xAPI-Data 1.0.3 2.4, 2.4.6.2)."""

from __future__ import annotations

import json
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.corpus import corpus
from lrs.xapi.splice import splice_head
from lrs.xapi.statement import parse_statement
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
OWN = b'{"mbox":"mailto:lms@lms.test"}'
CORE = '"actor":{"mbox":"mailto:a@b.test"},"verb":{"id":"https://v.test/v"},"object":{"id":"https://a.test/a"}'
THEIRS = '{"objectType":"Agent","mbox":"mailto:other@lms.test"}'


def spliced(raw: str, version: Version = Version.V1, zone: tzinfo = UTC) -> str:
    head = splice_head(parse_statement(raw.encode(), version, JsonLimits()), statement_id=ID, authority=OWN, zone=zone)
    json.loads(head + b"}")
    return head.decode()


def test_what_is_missing_is_added_behind_what_was_sent() -> None:
    assert spliced("{" + CORE + "}") == "{" + CORE + f',"id":"{ID}","version":"1.0.0","authority":{OWN.decode()}'
    assert spliced("{" + CORE + "}", Version.V2).endswith(f'"version":"2.0.0","authority":{OWN.decode()}')


def test_what_was_given_is_not_added_again() -> None:
    raw = '{"id":"%s","version":"1.0.3",%s}' % (ID.upper(), CORE)  # noqa: UP031
    assert spliced(raw) == raw[:-1] + f',"authority":{OWN.decode()}'


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ('{"stored":"2020-01-01T00:00:00Z",' + CORE + "}", "{" + CORE),
        ("{" + CORE + ',"stored":"2020-01-01T00:00:00Z"}', "{" + CORE),
        ("{ " + CORE + ' , "authority" : ' + THEIRS + " }", "{ " + CORE),
        ("{" + CORE + ',"authority":' + THEIRS + ',"stored":"2020-01-01T00:00:00Z" ,"result" : {} }', "{" + CORE + ' ,"result" : {}'),
        ('{"st\\u006fred":"2020-01-01T00:00:00Z","\\u0061uthority":' + THEIRS + "," + CORE + "}", "{" + CORE),
        ('{"authority":' + THEIRS + ',\n\t"stored":"2020-01-01T00:00:00Z",\n\t' + CORE + "\n}", "{" + CORE),
    ],
)
def test_the_senders_stored_and_authority_go_and_all_else_keeps_its_bytes(raw: str, kept: str) -> None:
    assert spliced(raw).rstrip() == kept + f',"id":"{ID}","version":"1.0.0","authority":{OWN.decode()}'


@pytest.mark.parametrize(
    ("name", "timestamp", "offset"),
    [
        ("Asia/Jakarta", "2026-11-24T23:30:00", "+07:00"),
        ("Asia/Makassar", "2026-11-24T23:30", "+08:00"),
        ("Asia/Jayapura", "2026-11-24 23:30:00,123456789", "+09:00"),
        ("Asia/Jakarta", "2026-06-30T23:59:60", "+07:00"),
        ("America/St_Johns", "2026-01-01T00:00:00", "-03:30"),
        ("Europe/Berlin", "2026-07-01T00:00:00", "+02:00"),
        ("UTC", "2026-11-24T23:30:00", "Z"),
        ("Asia/Jakarta", "0001-01-01T00:00:00", "+07:07"),
        ("Asia/Jakarta", "2026-11-24T23:30:00Z", ""),
        ("Asia/Jakarta", "2026-11-24T23:30:00-05:00", ""),
    ],
)
@pytest.mark.parametrize("version", list(Version))
def test_a_local_timestamp_gets_the_senders_zone_and_nothing_else_is_touched(
    name: str, timestamp: str, offset: str, version: Version
) -> None:
    sub = f'{{"objectType":"SubStatement",{CORE},"timestamp":"2026-11-24T23:30:00"}}'
    raw = '{"version":"1.0.0" , "timestamp" : "%s","result":{"score":{"raw":1.50}},' + CORE.replace('{"id":"https://a.test/a"}', sub) + "}"
    assert spliced(raw % timestamp, version, ZoneInfo(name)).startswith((raw % (timestamp + offset))[:-1])


@pytest.mark.parametrize("inside", [False, True])
def test_a_single_context_activity_gets_its_array_and_nothing_else_is_touched(inside: bool) -> None:
    activity = '{ "id" : "https://a.test/p", "definition":{"extensions":{"https://e.test/e":1e400}} }'
    context = '{"contextActivities":{"parent":%s,"other":[%s] ,"category": %s},"revision":"x"}' % (activity, activity, activity)  # noqa: UP031
    wanted = context.replace(f'"parent":{activity}', f'"parent":[{activity}]').replace(
        f'"category": {activity}', f'"category": [{activity}]'
    )
    if inside:
        sub = '{"objectType":"SubStatement",%s,"context":%s}'
        raw = CORE.replace('{"id":"https://a.test/a"}', sub % (CORE, context))
        assert spliced("{" + raw + "}").startswith("{" + raw.replace(context, wanted))
    else:
        assert spliced("{" + CORE + ',"context":' + context + "}").startswith("{" + CORE + ',"context":' + wanted)


ODD = st.sampled_from(
    ["1e400", "-0", "1E+2", "0.10", "123456789012345678901234567890", '"\\u00e9\\/"', '"é☃"', "[ ]", "{ }", "null", '"\\""', '"\\\\"']
)
SPACE = st.text(" \t\r\n", max_size=3)


@given(st.lists(st.tuples(SPACE, ODD, SPACE), max_size=6), st.booleans(), st.booleans(), st.integers(0, 4))
def test_every_byte_of_an_extension_stays_wherever_stored_and_authority_stood(
    values: list[tuple[str, str, str]], stored: bool, authority: bool, place: int
) -> None:
    extensions = "{" + ",".join(f'{a}"https://e.test/{number}"{b}:{text}' for number, (a, text, b) in enumerate(values)) + "}"
    members = ['"actor":{"mbox":"mailto:a@b.test"}', '"verb":{"id":"https://v.test/v"}', '"object":{"id":"https://a.test/a"}']
    members.append(f'"result":{{"extensions":{extensions}}}')
    if stored:
        members.insert(place, '"stored" : "2020-01-01T00:00:00Z"')
    if authority:
        members.insert(4 - place, f'"authority":{THEIRS}')
    head = spliced("{" + ",".join(members) + "}")
    assert extensions in head
    assert head.count('"authority"') == 1
    assert '"stored"' not in head


@pytest.mark.parametrize("indent", [None, 1, 3])
def test_a_statement_of_the_corpus_loses_nothing(indent: int | None) -> None:
    for statement in corpus(150, seed=7):
        raw = json.dumps(statement, indent=indent, ensure_ascii=indent is None)
        found, arrays = json.loads(spliced(raw) + "}"), json.loads(raw)
        assert found.pop("authority") == json.loads(OWN)
        assert found.pop("version") == arrays.get("version", "1.0.0")
        assert found.pop("id") == arrays.get("id", ID)
        for context in (arrays.get("context", {}), arrays["object"].get("context", {})):
            for kind, activities in context.get("contextActivities", {}).items():
                context["contextActivities"][kind] = activities if isinstance(activities, list) else [activities]
        for name in ("id", "version", "authority", "stored"):
            arrays.pop(name, None)
        assert found == arrays
