"""Decisions: who settled what, when and why. Append-only, each chained to the one before, so that none can be changed or dropped unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

Content: TypeAlias = dict[str, str | int | bool | list[str] | None]


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the log. It holds ids and numbers only, never a name, a NIP or an address: those lie in tables that can be erased.

    `number` counts from 1 without a gap. `at`: microseconds UTC. `actor`: who decided ("administrator:NAME", "person:ID", "client:KEY",
    "system"). `kind`: a verb in the past of a part ("link.made", "programme.approved", "claim.rejected"). `subject`: what it is about
    ("person:ID", "batch:ID"). `reason`: in the words of whoever decided. `content`: what a rebuild needs. `chain`: see `chained`.
    """

    number: int
    at: int
    actor: str
    kind: str
    subject: str
    reason: str
    content: Content
    chain: str


def chained(decision: Decision, before: str) -> Decision:
    """With `chain` = SHA-256 (hex) over the decision before's and this one's content, in JSON with sorted members."""
    told = [before, decision.number, decision.at, decision.actor, decision.kind, decision.subject, decision.reason, decision.content]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return replace(decision, chain=hashlib.sha256(text.encode("utf-8")).hexdigest())


def broken_at(decisions: Iterable[Decision]) -> int | None:
    """The number of the first, of all in order, that is missing or whose chain does not fit; None when all is whole."""
    chain = ""
    for number, decision in enumerate(decisions, start=1):
        if decision.number != number or chained(decision, chain).chain != decision.chain:
            return number
        chain = decision.chain
    return None
