"""The states of programmes, batches and providers. Nothing is overwritten: a change is added, with the day from which it works.

programme   draft → proposed → approved → suspended ↔ approved → closed; proposed → draft when it is returned
batch       draft → open → suspended ↔ open → closed
provider    active → suspended ↔ active
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from credentials.errors import CatalogueError
from lrs.errors import ConflictError, ForbiddenError

State = Literal["draft", "proposed", "approved", "suspended", "closed", "open", "active"]
Flow: TypeAlias = dict[str, frozenset[str]]

PROGRAMME_FLOW: Flow = {
    "": frozenset({"draft"}),
    "draft": frozenset({"proposed"}),
    "proposed": frozenset({"approved", "draft"}),
    "approved": frozenset({"suspended", "closed"}),
    "suspended": frozenset({"approved", "closed"}),
    "closed": frozenset(),
}
BATCH_FLOW: Flow = {
    "": frozenset({"draft", "open"}),
    "draft": frozenset({"open"}),
    "open": frozenset({"suspended", "closed"}),
    "suspended": frozenset({"open", "closed"}),
    "closed": frozenset({"open"}),
}
PROVIDER_FLOW: Flow = {"": frozenset({"suspended"}), "active": frozenset({"suspended"}), "suspended": frozenset({"active"})}


@dataclass(frozen=True, slots=True)
class StateChange:
    """From `since` on (None: ever since), also in the past. `at`: when it was decided, microseconds UTC; `by`: the actor."""

    state: State
    since: date | None
    at: int
    by: str
    reason: str = ""


History: TypeAlias = tuple[StateChange, ...]


def present(history: History) -> str:
    """What was decided last; "" when nothing was."""
    return history[-1].state if history else ""


def state_on(history: History, day: date) -> str:
    """What holds for learning on that day: the latest decision that reaches back to it. "" when none does."""
    return next((one.state for one in reversed(history) if one.since is None or one.since <= day), "")


def moved(history: History, change: StateChange, flow: Flow) -> History:
    """With the change. Raises ConflictError for a step that the states do not know, ForbiddenError where the four eyes are one person's."""
    now = present(history)
    if change.state not in flow[now]:
        possible = ", ".join(sorted(flow[now])) or "nothing"
        raise ConflictError(f"this is {now or 'new'}; from there it becomes {possible}, not {change.state}", where="state")
    if (now, change.state) == ("proposed", "approved") and change.by == proposer(history):
        raise ForbiddenError("whoever proposed a programme cannot approve it: four eyes are two persons", where="state")
    return (*history, change)


def proposer(history: History) -> str:
    """Who proposed last; "" when nobody did."""
    return next((one.by for one in reversed(history) if one.state == "proposed"), "")


def replayed(history: History, flow: Flow) -> History:
    """A history from elsewhere, if it could have come about here. Raises CatalogueError, ConflictError, ForbiddenError."""
    made: History = ()
    for change in history:
        if not change.by:
            raise CatalogueError("each step of a history says who decided it", where="history")
        made = moved(made, change, flow)
    return made
