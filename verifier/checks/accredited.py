"""Check 4: the issuer stands on the trust list, and was accredited for this kind of programme on the day of learning."""

from __future__ import annotations

from verifier.errors import CheckError
from verifier.messages import marked
from verifier.report import Facts
from verifier.trust import KnownIssuer


def check_accredited(issuer: KnownIssuer | None, facts: Facts) -> None:
    """The day of learning: `awardedDate`, else `validFrom`. Raises CheckError."""
    if issuer is None:
        raise CheckError("nobody on the trust list is {issuer}", issuer=facts.issuer)
    learned = facts.completed or facts.issued
    if learned is None:
        raise CheckError("it does not say when the learning was")
    if not any(one.covers(facts.kind, learned) for one in issuer.accreditations):
        text = marked("{provider} was not accredited for this kind of programme ({kind}) ({day:moment})")
        raise CheckError(text, provider=issuer.name, kind=facts.kind_name or facts.kind or "?", day=learned.isoformat())
