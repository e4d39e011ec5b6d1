"""The parameters of GET, PUT and POST (xAPI-Communication 1.0.3, 2.1; 2.0, 4.1.6.1).

Refusals are in tests/web/test_statements_read.py, as a client meets them.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.errors import InvalidRequestError
from lrs.xapi.formats import StatementFormat
from lrs.xapi.query import ListRequest, SingleRequest, parse_put_id, parse_statement_request, refuse_params

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"
NAMES = [
    "statementId",
    "voidedStatementId",
    "agent",
    "verb",
    "activity",
    "registration",
    "related_activities",
    "related_agents",
    "since",
    "until",
    "limit",
    "format",
    "attachments",
    "ascending",
    "cursor",
]


def test_no_parameter_asks_for_everything() -> None:
    assert parse_statement_request([]) == ListRequest()


def test_a_single_request_keeps_the_id_in_lower_case() -> None:
    assert parse_statement_request([("statementId", ID.upper())]) == SingleRequest(ID, voided=False)
    params = [("voidedStatementId", ID), ("format", "canonical"), ("attachments", "true")]
    assert parse_statement_request(params) == SingleRequest(ID, voided=True, format=StatementFormat.CANONICAL, attachments=True)


def test_every_parameter_of_a_list_is_read() -> None:
    params = [
        ("agent", '{"mbox":"mailto:sari@peserta.test"}'),
        ("verb", "https://v.test/v"),
        ("activity", "https://a.test/a"),
        ("registration", ID.upper()),
        ("related_activities", "true"),
        ("related_agents", "true"),
        ("since", "1970-01-01T00:00:01.5Z"),
        ("until", "1970-01-01T07:00:02+07:00"),
        ("limit", "007"),
        ("ascending", "true"),
        ("cursor", "abc"),
        ("format", "ids"),
        ("attachments", "true"),
    ]
    terms = (("amailto:sari@peserta.test", True), ("vhttps://v.test/v", False), ("chttps://a.test/a", True), ("r" + ID, False))
    expected = ListRequest(terms, 1_500_000, 2_000_000, 7, ascending=True, cursor="abc", format=StatementFormat.IDS, attachments=True)
    assert parse_statement_request(params) == expected


def test_related_says_nothing_about_the_other_kind() -> None:
    request = parse_statement_request([("activity", "https://a.test/a"), ("verb", "https://v.test/v"), ("related_agents", "true")])
    assert isinstance(request, ListRequest)
    assert request.terms == (("vhttps://v.test/v", False), ("chttps://a.test/a", False))


def test_an_identified_group_is_asked_for_by_its_identifier() -> None:
    group = '{"objectType":"Group","account":{"homePage":"https://h.test","name":"tim"},"member":[{"mbox":"mailto:a@b.test"}]}'
    request = parse_statement_request([("agent", group)])
    assert isinstance(request, ListRequest)
    assert request.terms == (("aaccount:https://h.test|tim", False),)


def test_put_asks_for_its_id_alone() -> None:
    assert parse_put_id([("statementId", ID.upper())]) == ID
    refuse_params([])


def test_what_is_no_utf_8_is_refused() -> None:
    """xAPI-Communication 1.0.3, 1.4."""
    with pytest.raises(InvalidRequestError):
        parse_statement_request([("activity", "https://a.test/\udcff")])


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES) | st.text(max_size=5), st.text(max_size=40) | st.sampled_from([ID, "true", "{}", "1"])), max_size=3
    )
)
def test_no_parameters_whatever_do_anything_but_parse_or_be_refused(params: list[tuple[str, str]]) -> None:
    for parse in (parse_statement_request, parse_put_id, refuse_params):
        try:
            parse(params)
        except InvalidRequestError as error:
            assert error.where.startswith("parameter ")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_told_apart_by_case(name: str) -> None:
    with pytest.raises(InvalidRequestError):
        parse_statement_request([(name.swapcase(), ID)])
