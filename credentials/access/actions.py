"""The table: what there is to do, which roles do it, and on whose record. One line an action; `credentials.access.rules` applies it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from credentials.access.roles import Role

Own = Literal["only", "never", "also"]
_NOBODY: frozenset[Role] = frozenset()


class Action(StrEnum):
    """What may be allowed or not."""

    RECORD_READ = "record.read"
    RECORD_EXPORT = "record.export"  # data subject access
    VIEWS_READ = "views.read"  # who looked at a record
    CLAIM_SUBMIT = "claim.submit"
    CLAIM_DECIDE = "claim.decide"
    REVIEW_DECIDE = "review.decide"  # evidence from a weak source
    MANUAL_PROPOSE = "manual.propose"
    MANUAL_DECIDE = "manual.decide"
    STUDY_SUBMIT = "study.submit"  # self-study, learning in a community
    STUDY_DECIDE = "study.decide"
    COACH_REGISTER = "coach.register"
    COACHING_LOG = "coaching.log"
    COACHING_CONFIRM = "coaching.confirm"
    COACHING_ACCEPT = "coaching.accept"  # a form signed by the coach
    ATTENDANCE_SEND = "attendance.send"
    ATTENDANCE_READ = "attendance.read"
    PROGRAMME_PROPOSE = "programme.propose"
    PROGRAMME_REVIEW = "programme.review"
    PROGRAMME_APPROVE = "programme.approve"
    SUSPEND = "suspend"  # a provider or programme, and what that would do
    ACCREDIT = "accredit"  # a provider
    COMPETENCE_DEFINE = "competence.define"  # in a field
    FIELD_KEEP = "field.keep"  # say who keeps a field
    PERSON_ENTER = "person.enter"  # a person of an agency, and what is known of them
    LINK_MAKE = "link.make"
    LINK_UNDO = "link.undo"
    CERTIFICATES_LIST = "certificates.list"  # of a batch
    EVIDENCE_EXPLAIN = "evidence.explain"  # why a batch is, or is not, complete
    EVIDENCE_RULES_READ = "evidence-rules.read"
    EVIDENCE_RULES_SAVE = "evidence-rules.save"
    PARKED_READ = "parked.read"  # what could not be processed
    PARKED_REPLAY = "parked.replay"
    WAITING_READ = "waiting.read"  # identifiers that name nobody yet
    TARGET_SET = "target.set"
    OBJECTION_FILE = "objection.file"
    OBJECTION_DECIDE = "objection.decide"
    ACCOUNT_ASK = "account.ask"
    ACCOUNT_DECIDE = "account.decide"
    ERASURE_ASK = "erasure.ask"
    ERASURE_DECIDE = "erasure.decide"
    APPOINT = "appoint"  # any role
    APPOINT_STAFF = "appoint.staff"  # superiors and unit operators
    USER_MAKE = "user.make"
    RULES_PROPOSE = "rules.propose"
    RULES_PUBLISH = "rules.publish"  # a national table for counting hours
    RULES_OVERRIDE = "rules.override"  # single rows of it, for an agency
    HOURS_EXPORT = "hours.export"  # everybody's of an agency
    FIGURES_AGENCY = "figures.agency"
    FIGURES_NATION = "figures.nation"
    LOG_READ = "log.read"  # the log of decisions
    RETENTION_READ = "retention.read"
    RETENTION_RUN = "retention.run"
    BREACH_READ = "breach.read"
    BREACH_RECORD = "breach.record"


@dataclass(frozen=True, slots=True)
class Rule:
    """`roles` may, within the scope of their grant.

    `own`: whether on the own record: "only" (whatever roles one has besides), "never", or "also". `fresh`: not who had a hand in it
    before (four eyes are two persons). `reasoned`: those of the roles that must say why, in the audit log that the person reads. `known`:
    an administrator of the server only when it is known which person that is, since else nobody could tell whose record is their own.
    """

    roles: frozenset[Role]
    own: Own = "also"
    fresh: bool = False
    reasoned: frozenset[Role] = _NOBODY
    known: bool = True


def _rule(*roles: Role, own: Own = "also", fresh: bool = False, reasoned: frozenset[Role] = _NOBODY, known: bool = True) -> Rule:
    return Rule(frozenset(roles), own, fresh, reasoned, known)


_LEARNER, _SUPERIOR, _COACH, _UNIT, _HR = Role.LEARNER, Role.SUPERIOR, Role.COACH, Role.UNIT_OPERATOR, Role.HR
_PROVIDER, _CENTER, _OVERSEER, _AUDITOR = Role.PROVIDER, Role.CENTER, Role.OVERSEER, Role.AUDITOR
_NATION = frozenset({_OVERSEER, _AUDITOR})

RULES: Mapping[Action, Rule] = {
    Action.RECORD_READ: _rule(_LEARNER, _SUPERIOR, _UNIT, _HR, _OVERSEER, _AUDITOR, reasoned=_NATION),
    Action.RECORD_EXPORT: _rule(_LEARNER, _OVERSEER, reasoned=frozenset({_OVERSEER})),
    Action.VIEWS_READ: _rule(_LEARNER, _OVERSEER, _AUDITOR, reasoned=_NATION),
    Action.CLAIM_SUBMIT: _rule(_LEARNER, own="only"),
    Action.CLAIM_DECIDE: _rule(_UNIT, _HR, own="never", fresh=True),
    Action.REVIEW_DECIDE: _rule(_HR, own="never", fresh=True),
    Action.MANUAL_PROPOSE: _rule(_UNIT, _HR, own="never"),
    Action.MANUAL_DECIDE: _rule(_HR, own="never", fresh=True),
    Action.STUDY_SUBMIT: _rule(_LEARNER, own="only"),
    Action.STUDY_DECIDE: _rule(_SUPERIOR, own="never", fresh=True),
    Action.COACH_REGISTER: _rule(_OVERSEER, own="never", known=False),
    Action.COACHING_LOG: _rule(_COACH, own="never"),
    Action.COACHING_CONFIRM: _rule(_LEARNER, own="only", fresh=True),
    Action.COACHING_ACCEPT: _rule(_HR, own="never", fresh=True),
    Action.ATTENDANCE_SEND: _rule(_PROVIDER, own="never"),
    Action.ATTENDANCE_READ: _rule(_PROVIDER, _OVERSEER, _AUDITOR),
    Action.PROGRAMME_PROPOSE: _rule(_PROVIDER, _CENTER, _OVERSEER),
    Action.PROGRAMME_REVIEW: _rule(_CENTER, fresh=True),
    Action.PROGRAMME_APPROVE: _rule(_OVERSEER, fresh=True),
    Action.SUSPEND: _rule(_OVERSEER),
    Action.ACCREDIT: _rule(_OVERSEER),
    Action.COMPETENCE_DEFINE: _rule(_CENTER, _OVERSEER),
    Action.FIELD_KEEP: _rule(_OVERSEER),
    Action.PERSON_ENTER: _rule(_HR, _OVERSEER, own="never", known=False),
    Action.LINK_MAKE: _rule(_HR, _OVERSEER, own="never", known=False),
    Action.LINK_UNDO: _rule(_LEARNER, _HR, _OVERSEER),
    Action.CERTIFICATES_LIST: _rule(_PROVIDER, _OVERSEER, _AUDITOR, reasoned=_NATION),
    Action.EVIDENCE_EXPLAIN: _rule(_LEARNER, _HR, _PROVIDER, _OVERSEER, _AUDITOR, reasoned=_NATION),
    Action.EVIDENCE_RULES_READ: _rule(_PROVIDER, _CENTER, _OVERSEER, _AUDITOR),
    Action.EVIDENCE_RULES_SAVE: _rule(_OVERSEER),
    Action.PARKED_READ: _rule(_PROVIDER, _OVERSEER, _AUDITOR),
    Action.PARKED_REPLAY: _rule(_PROVIDER, _OVERSEER),
    Action.WAITING_READ: _rule(_PROVIDER, _OVERSEER, _AUDITOR),
    Action.TARGET_SET: _rule(_HR, _OVERSEER),
    Action.OBJECTION_FILE: _rule(_LEARNER, own="only"),
    Action.OBJECTION_DECIDE: _rule(_HR, _OVERSEER, own="never", fresh=True),
    Action.ACCOUNT_ASK: _rule(_LEARNER, own="only"),
    Action.ACCOUNT_DECIDE: _rule(_HR, _OVERSEER, own="never", fresh=True),
    Action.ERASURE_ASK: _rule(_LEARNER, _HR),
    Action.ERASURE_DECIDE: _rule(_OVERSEER, own="never", fresh=True),
    Action.APPOINT: _rule(_OVERSEER, own="never", known=False),
    Action.APPOINT_STAFF: _rule(_HR, _OVERSEER, own="never", known=False),
    Action.USER_MAKE: _rule(_OVERSEER),
    Action.RULES_PROPOSE: _rule(_OVERSEER),
    Action.RULES_PUBLISH: _rule(_OVERSEER, fresh=True),
    Action.RULES_OVERRIDE: _rule(_HR, _OVERSEER),
    Action.HOURS_EXPORT: _rule(_HR),
    Action.FIGURES_AGENCY: _rule(_UNIT, _HR, _OVERSEER, _AUDITOR),
    Action.FIGURES_NATION: _rule(_OVERSEER, _AUDITOR),
    Action.LOG_READ: _rule(_OVERSEER, _AUDITOR),
    Action.RETENTION_READ: _rule(_OVERSEER, _AUDITOR),
    Action.RETENTION_RUN: _rule(_OVERSEER),
    Action.BREACH_READ: _rule(_OVERSEER, _AUDITOR),
    Action.BREACH_RECORD: _rule(_OVERSEER),
}
