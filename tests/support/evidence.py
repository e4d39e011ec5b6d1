"""Statements and facts for tests of evidence. Everybody and every address is invented."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from credentials.catalogue.model import Batch, Binding, Programme
from credentials.catalogue.provider import Accreditation, ProviderProfile
from credentials.catalogue.states import StateChange
from credentials.evidence.clauses import Json
from credentials.evidence.dossier import Dossier, OpenDossier, Wanted, meaning
from credentials.evidence.evaluate import Outcome, evaluate
from credentials.evidence.facts import Basics, Fact, basics_of, fact_of, weak_category, weak_object
from credentials.evidence.judgement import Case, Piece, ReviewVerdict
from credentials.evidence.places import local_day, moments
from credentials.evidence.presets import presets
from credentials.evidence.rule import EvidenceRule
from credentials.evidence.statement import Statement, identifier, moment, read_statement
from credentials.evidence.vocabulary import vocabulary
from credentials.evidence.withdrawn import Window
from credentials.people.links import Held
from credentials.people.person import Posting

HOME = "https://lms.contoh.test"
COURSE, QUIZ = f"{HOME}/course/view.php?id=7", f"{HOME}/mod/quiz/view.php?id=70"
COMPLETED, PASSED = "http://adlnet.gov/expapi/verbs/completed", "http://adlnet.gov/expapi/verbs/passed"
ATTENDED, JOINED, LEFT = "http://adlnet.gov/expapi/verbs/attended", "http://activitystrea.ms/join", "http://activitystrea.ms/leave"

Members = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A fact in a role, as `evaluate` takes it."""

    fact: Fact
    role: str


def said(number: int, verb: str, activity: str, when: str = "2026-11-10T03:00:00Z", *, user: str = "sri", **more: Any) -> Members:
    """Statement `number`."""
    return {
        "id": str(UUID(int=number, version=4)),
        "actor": {"account": {"homePage": HOME, "name": user}},
        "verb": {"id": verb},
        "object": {"id": activity},
        "timestamp": when,
    } | more


def fact(statement: Members, rule: EvidenceRule | None = None, *, direct: bool = True) -> Fact:
    """As the projector makes it."""
    body = json.dumps(statement).encode()
    read = read_statement(body)
    words = vocabulary()
    basics = _basics(read)
    return fact_of(read, basics, identifier(read.actor) or "", words, direct=direct, body=body, paths=rule.paths if rule else ())


def _basics(read: Statement) -> Basics:
    words = vocabulary()
    verb, kind = words.verb(read.verb.id), words.type(read.object.type)
    return basics_of(read.id, read.timestamp, verb, kind, weak_category(read.categories, words) or weak_object(read.object, words))


def judged(rule: EvidenceRule, statements: list[Members], roles: dict[str, str], **parameters: float) -> Outcome:
    """The rule over statements, whose activities play these roles."""
    return evaluate(rule, [Told(fact(one, rule), roles.get(one["object"]["id"], "")) for one in statements], parameters)


def clause(path: list[str | int], op: str, val: Json) -> dict[str, Json]:
    """A comparison with a literal."""
    return {"path": list(path), "op": op, "val": val}


VERB_COMPLETED = clause(["verb", "id"], "eq", COMPLETED)


PROVIDER = "balai"
APPROVED = StateChange("approved", None, 1, "administrator:a")
OPEN = StateChange("open", None, 1, "administrator:a")
PROGRAMME = Programme("pbj", 1, PROVIDER, "Pengadaan Barang dan Jasa", "Dasar.", "Selesai dan lulus", 8, channel=16, history=(APPROVED,))
BATCH = Batch(
    "pbj-1",
    "pbj",
    1,
    PROVIDER,
    "Angkatan I",
    date(2026, 11, 1),
    date(2026, 11, 30),
    "Asia/Jakarta",
    "course-completed-and-quiz-passed",
    (Binding("course", COURSE), Binding("quiz", QUIZ)),
    history=(OPEN,),
)
ACCREDITED = ProviderProfile(PROVIDER, (Accreditation(date(2020, 1, 1), None, "LAN"),))


def dossiers(
    statements: Sequence[Members], batches: Sequence[Batch], rules: Mapping[str, EvidenceRule], voided: Collection[str] = ()
) -> dict[tuple[str, str], Dossier]:
    """By (ifi, bound IRI), as the projector keeps them."""
    opened: dict[tuple[str, str], OpenDossier] = {}
    words = vocabulary()
    for one in statements:
        body = json.dumps(one).encode()
        read = read_statement(body)
        ifi = identifier(read.actor) or ""
        around = read.context.context_activities if read.context is not None else None
        parts = [*around.parent, *around.grouping] if around is not None else []
        about = {read.object.id: True} | {near.id: False for near in parts if near.id != read.object.id}
        for iri, direct in about.items():
            uses = [(rules[batch.rule], bound.role) for batch in batches for bound in batch.bindings if bound.activity == iri]
            if not uses:
                continue
            wanted = Wanted(
                frozenset().union(*(rule.direct_verbs or () for rule, _ in uses)),
                frozenset().union(*(rule.nearby_verbs or () for rule, _ in uses)),
                tuple(path for rule, _ in uses for path in rule.paths),
                any(role == "course" for _, role in uses),
            )
            dossier = opened.setdefault((ifi, iri), OpenDossier(Dossier(PROVIDER, ifi, "exact", iri)))
            basics = _basics(read)
            dossier.tell(read, basics, body, meaning(wanted, words, basics.verb, basics.type, direct=direct), words)
    for (ifi, _), dossier in opened.items():
        for one in statements:
            if one["id"] in voided and identifier(read_statement(json.dumps(one).encode()).actor) == ifi:
                dossier.forget(UUID(one["id"]).bytes, moment(one["timestamp"]))
    return {key: dossier.closed() for key, dossier in opened.items()}


def case(
    statements: Sequence[Members],
    *,
    batch: Batch = BATCH,
    siblings: Sequence[Batch] = (),
    programme: Programme = PROGRAMME,
    provider: ProviderProfile = ACCREDITED,
    held: Mapping[str, Held] | None = None,
    postings: Sequence[Posting] = (),
    verdict: ReviewVerdict = "",
    voided: Collection[str] = (),
    rules: Mapping[str, EvidenceRule] | None = None,
) -> Case:
    """What the projector would judge. `held`: by user name; by default every account is the person's."""
    known = rules or presets()
    all_batches = [batch, *siblings]
    pieces = []
    for (ifi, iri), dossier in dossiers(statements, all_batches, known, voided).items():
        user = ifi.rpartition("|")[2]
        if held is not None and user not in held:
            continue
        windows = tuple(
            Window(one.id, bound.role, *moments(one.time_zone, *one.window(bound)))
            for one in all_batches
            for bound in one.bindings
            if bound.activity == iri
        )
        if any(bound.activity == iri for bound in batch.bindings):
            pieces.append(Piece((held or {}).get(user, Held(ifi, "hr")), dossier, windows))
    return Case(batch, programme, provider, known[batch.rule], tuple(pieces), local_day(postings, batch.time_zone), verdict)
