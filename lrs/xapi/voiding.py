"""Voiding (xAPI-Data 1.0.3 2.3.2; 2.0 4.2.5): a statement with the verb `voided` about a StatementRef.

Its effect is settled by the store.
"""

from __future__ import annotations

from lrs.xapi.rule import broken

VOIDED = "http://adlnet.gov/expapi/verbs/voided"


def check_voiding(verb: str, *, about_statement: bool) -> bool:
    """Whether a statement with this verb voids another. Raises (as a rule) when its object is no StatementRef."""
    if verb != VOIDED:
        return False
    if not about_statement:
        raise broken("object", "a voiding statement's object must be a StatementRef", "xAPI-Data 2.3.2")
    return True
