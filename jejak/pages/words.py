"""Names of what the log of views keeps: as what somebody looked, and at what. English is the key; the catalogue has Indonesian."""

from __future__ import annotations

from credentials.access.roles import Role
from verifier.messages import marked

_ROLES = {
    Role.LEARNER: marked("learner"),
    Role.SUPERIOR: marked("superior"),
    Role.COACH: marked("coach"),
    Role.UNIT_OPERATOR: marked("operator of the unit"),
    Role.HR: marked("HR"),
    Role.PROVIDER: marked("officer of a provider"),
    Role.CENTER: marked("keeper of a field of competence"),
    Role.OVERSEER: marked("overseer"),
    Role.AUDITOR: marked("auditor"),
}
_PARTS = {
    "account": marked("what is known of an account"),
    "case": marked("a case"),
    "certificates": marked("certificates of a course run"),
    "evidence": marked("evidence"),
    "export": marked("the whole record, as a download"),
    "hours": marked("hours"),
    "hours basis": marked("what hours were counted by"),
    "hours export": marked("hours, as a file"),
    "hours figures": marked("figures of the year"),
    "list": marked("a list of persons"),
    "parked": marked("what could not be processed"),
    "person": marked("who you are"),
    "queue": marked("a list of cases"),
    "siasn export": marked("hours for SIASN"),
    "suspension preview": marked("what a suspension would take back"),
    "views": marked("who looked"),
}


def role_name(role: str) -> str:
    """For `Language.text`; one that is not known any more is told as it was written down."""
    return _ROLES[Role(role)] if role in tuple(Role) else role


def part_name(what: str) -> str:
    """Likewise, of what was looked at."""
    return _PARTS.get(what, what)
