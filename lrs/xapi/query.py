"""The parameters of the statements resource (xAPI-Communication 1.0.3, 2.1.1 and 2.1.3; 2.0, 4.1.6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lrs.errors import InvalidRequestError
from lrs.xapi.actor import identifier, parse_agent
from lrs.xapi.formats import StatementFormat
from lrs.xapi.identifiers import parse_uuid
from lrs.xapi.iri import check_iri
from lrs.xapi.terms import activity_term, agent_term, registration_term, verb_term
from lrs.xapi.timestamp import parse_timestamp

_CLAUSE = "xAPI-Communication 2.1.3"
_WITH_ONE = frozenset({"statementId", "voidedStatementId", "format", "attachments"})
_WITH_LIST = frozenset(
    {"agent", "verb", "activity", "registration", "related_activities", "related_agents", "since", "until", "limit", "ascending", "cursor"}
)
PARAMETERS = _WITH_ONE | _WITH_LIST
# Digits of `limit`: more cannot be meant, and Python refuses to read very many.
_LIMIT_DIGITS = 18
# Bytes of a cursor: ours are far shorter.
_CURSOR_CHARS = 500


@dataclass(frozen=True, slots=True)
class SingleRequest:
    """One statement by its id (lower case): `voided`, one that is voided; else one that is not."""

    statement_id: str
    voided: bool
    format: StatementFormat = StatementFormat.EXACT
    attachments: bool = False


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Statements that satisfy all of `terms`, each a term (`lrs.xapi.terms`) and whether it may be a related one.

    `since` (exclusive) and `until` (inclusive): microseconds of `stored`. `limit` 0: as many as the server allows.
    """

    terms: tuple[tuple[str, bool], ...] = ()
    since: int | None = None
    until: int | None = None
    limit: int = 0
    ascending: bool = False
    cursor: str | None = None
    format: StatementFormat = StatementFormat.EXACT
    attachments: bool = False


def parse_statement_request(params: Iterable[tuple[str, str]]) -> SingleRequest | ListRequest:
    """What `GET statements` asks for. Raises InvalidRequestError: unknown, repeated or contradicting parameters, bad values."""
    values = _once(params, PARAMETERS)
    if "statementId" in values or "voidedStatementId" in values:
        return _single(values)
    return ListRequest(
        terms=_terms(values),
        since=_moment(values, "since"),
        until=_moment(values, "until"),
        limit=_limit(values.get("limit")),
        ascending=_flag(values, "ascending"),
        cursor=_cursor(values.get("cursor")),
        format=_format(values),
        attachments=_flag(values, "attachments"),
    )


def parse_put_id(params: Iterable[tuple[str, str]]) -> str:
    """The `statementId` of a PUT, lower case. Raises InvalidRequestError when it is missing or anything else is there."""
    values = _once(params, frozenset({"statementId"}))
    if "statementId" not in values:
        raise InvalidRequestError("PUT needs the parameter statementId", where="parameter statementId", clause="xAPI-Communication 2.1.1")
    return _uuid(values, "statementId")


def refuse_params(params: Iterable[tuple[str, str]]) -> None:
    """POST takes no parameter. Raises InvalidRequestError."""
    _once(params, frozenset())


def _once(params: Iterable[tuple[str, str]], known: frozenset[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in params:
        if name not in known:
            raise InvalidRequestError(
                "the parameter is not one of this request's", where=_where(name[:40]), clause="xAPI-Communication 3.2"
            )
        if name in values:
            raise InvalidRequestError("the parameter is given twice", where=_where(name), clause=_CLAUSE)
        if not _is_text(value):
            raise InvalidRequestError("the parameter is not UTF-8", where=_where(name), clause="xAPI-Communication 1.4")
        values[name] = value
    return values


def _is_text(value: str) -> bool:
    """False for what was decoded from bytes that are no UTF-8 (lone surrogates stand for them)."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _where(name: str) -> str:
    return f"parameter {name}"


def _single(values: dict[str, str]) -> SingleRequest:
    surplus = sorted(values.keys() - _WITH_ONE)
    if surplus:
        raise InvalidRequestError("statementId goes together with format and attachments only", where=_where(surplus[0]), clause=_CLAUSE)
    if "statementId" in values and "voidedStatementId" in values:
        raise InvalidRequestError("statementId and voidedStatementId exclude each other", where=_where("voidedStatementId"), clause=_CLAUSE)
    name = "statementId" if "statementId" in values else "voidedStatementId"
    return SingleRequest(_uuid(values, name), name == "voidedStatementId", _format(values), _flag(values, "attachments"))


def _terms(values: dict[str, str]) -> tuple[tuple[str, bool], ...]:
    related_agents, related_activities = _flag(values, "related_agents"), _flag(values, "related_activities")
    terms: list[tuple[str, bool]] = []
    if "agent" in values:
        terms.append((_agent_term(values["agent"]), related_agents))
    if "verb" in values:
        terms.append((verb_term(_iri(values, "verb")), False))
    if "activity" in values:
        terms.append((activity_term(_iri(values, "activity")), related_activities))
    if "registration" in values:
        terms.append((registration_term(_uuid(values, "registration")), False))
    return tuple(terms)


def _agent_term(text: str) -> str:
    agent = parse_agent(text, where=_where("agent"), allow_group=True)
    if identifier(agent) is None:
        raise InvalidRequestError("an anonymous Group cannot be looked for: it has no identifier", where=_where("agent"), clause=_CLAUSE)
    return agent_term(agent)


def _iri(values: dict[str, str], name: str) -> str:
    return check_iri(values[name], _where(name))


def _uuid(values: dict[str, str], name: str) -> str:
    return parse_uuid(values[name], _where(name))


def _moment(values: dict[str, str], name: str) -> int | None:
    return parse_timestamp(values[name], _where(name)) if name in values else None


def _flag(values: dict[str, str], name: str) -> bool:
    value = values.get(name, "false")
    if value not in ("true", "false"):
        raise InvalidRequestError("a Boolean parameter is `true` or `false`", where=_where(name), clause=_CLAUSE)
    return value == "true"


def _format(values: dict[str, str]) -> StatementFormat:
    try:
        return StatementFormat(values.get("format", "exact"))
    except ValueError:
        raise InvalidRequestError("format is one of ids, exact, canonical", where=_where("format"), clause=_CLAUSE) from None


def _limit(value: str | None) -> int:
    if value is None:
        return 0
    if not (value.isascii() and value.isdigit()):
        raise InvalidRequestError("limit is a whole number of at least 0", where=_where("limit"), clause=_CLAUSE)
    return int(value) if len(value) <= _LIMIT_DIGITS else 0


def _cursor(value: str | None) -> str | None:
    if value is not None and not 0 < len(value) <= _CURSOR_CHARS:
        raise InvalidRequestError("this is no cursor of ours", where=_where("cursor"))
    return value
