"""The thirteen standard queries, as parameters of `GET statements`: what learners' pages, providers and consumers ask, with arguments
drawn from the corpus.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from bench.corpus import activities_only, corpus
from lrs.clock import format_us
from lrs.ports import Condition, StatementQuery
from lrs.xapi.query import SingleRequest, parse_statement_request

Json = dict[str, Any]
Params = dict[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What is in the store: statements 0 … `count` - 1 of the corpus, stored from `first` to `last` (microseconds)."""

    count: int
    first: int
    last: int


Make = Callable[[random.Random, Known], Params]
_LATEST: Params = {"limit": "100"}


def some_statement(source: random.Random, known: Known) -> Json:
    """One whose actor is an Agent and whose object is an Activity."""
    while True:
        (statement,) = islice(corpus(1, first=source.randrange(known.count)), 1)
        if activities_only(statement) and statement["actor"].get("objectType", "Agent") == "Agent":
            return statement


_ARGUMENTS: dict[str, Callable[[Json], str]] = {
    "agent": lambda statement: orjson.dumps(statement["actor"]).decode(),
    "verb": lambda statement: str(statement["verb"]["id"]),
    "activity": lambda statement: str(statement["object"]["id"]),
    "registration": lambda statement: str(statement["context"]["registration"]),
}


def _where(*names: str, **more: str) -> Make:
    def make(source: random.Random, known: Known) -> Params:
        statement = some_statement(source, known)
        return _LATEST | {name: _ARGUMENTS[name](statement) for name in names} | more

    return make


def _course(source: random.Random, known: Known) -> Params:
    """A course, wherever it is named: most statements name it as the parent."""
    parent = some_statement(source, known)["context"]["contextActivities"]["parent"][0]
    return _LATEST | {"activity": str(parent["id"]), "related_activities": "true"}


def _moment(source: random.Random, known: Known) -> str:
    return format_us(source.randint(known.first, known.last))


def _agent_between(source: random.Random, known: Known) -> Params:
    since, until = sorted((_moment(source, known), _moment(source, known)))
    return _where("agent")(source, known) | {"since": since, "until": until}


STANDARD: dict[str, Make] = {
    "latest 100": lambda source, known: _LATEST,
    "by statement id": lambda source, known: {"statementId": str(some_statement(source, known)["id"])},
    "agent": _where("agent"),
    "verb": _where("verb"),
    "activity": _where("activity"),
    "registration": _where("registration"),
    "agent + verb": _where("agent", "verb"),
    "verb + activity": _where("verb", "activity"),
    "related_agents": _where("agent", related_agents="true"),
    "related_activities": _course,
    "agent, since..until": _agent_between,
    "page deep in the store": lambda source, known: _LATEST | {"until": _moment(source, known)},
    "since, ascending": lambda source, known: _LATEST | {"since": _moment(source, known), "ascending": "true"},
}


def as_query(params: Params) -> StatementQuery | str:
    """What the store is asked; a text is the id of one statement."""
    wanted = parse_statement_request(params.items())
    if isinstance(wanted, SingleRequest):
        return wanted.statement_id
    conditions = tuple(Condition(term, related) for term, related in wanted.terms)
    return StatementQuery(conditions, wanted.since, wanted.until, wanted.limit, wanted.ascending)
