"""Where in a statement a rule may look. A path that leads nowhere would match nothing for ever, so it is refused when the rule is saved."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TypeAlias

from credentials.errors import EvidenceError
from credentials.evidence.clauses import MINUTES, SCORE, Path

_Shape: TypeAlias = "dict[str, _Shape] | None"  # None: anything may follow
_MOST_STEPS = 12

_ACCOUNT: dict[str, _Shape] = {"homePage": {}, "name": {}}
_AGENT: dict[str, _Shape] = {
    "objectType": {},
    "name": {},
    "mbox": {},
    "mbox_sha1sum": {},
    "openid": {},
    "account": _ACCOUNT,
    "member": None,
}
_DEFINITION: dict[str, _Shape] = {
    "type": {},
    "name": None,
    "description": None,
    "moreInfo": {},
    "interactionType": {},
    "correctResponsesPattern": None,
    "choices": None,
    "scale": None,
    "source": None,
    "target": None,
    "steps": None,
    "extensions": None,
}
_RESULT: dict[str, _Shape] = {
    "score": {"scaled": {}, "raw": {}, "min": {}, "max": {}},
    "success": {},
    "completion": {},
    "response": {},
    "duration": {},
    "extensions": None,
}
_CONTEXT: dict[str, _Shape] = {
    "registration": {},
    "instructor": _AGENT,
    "team": _AGENT,
    "contextActivities": {"parent": None, "grouping": None, "category": None, "other": None},
    "contextAgents": None,
    "contextGroups": None,
    "revision": {},
    "platform": {},
    "language": {},
    "statement": None,
    "extensions": None,
}
_STATEMENT: dict[str, _Shape] = {
    "actor": _AGENT,
    "verb": {"id": {}, "display": None},
    "object": _AGENT | {"id": {}, "definition": _DEFINITION, "actor": None, "verb": None, "object": None, "result": None, "context": None},
    "result": _RESULT,
    "context": _CONTEXT,
    "timestamp": {},
    "version": {},
    "attachments": None,
}
_NOT_LOOKED_AT = {
    "stored": "`stored` is when a statement arrived, not when it happened; late evidence would count differently. Use `timestamp`",
    "authority": "who sent a statement is not a rule's business: only the batch's provider counts",
    "id": "a rule cannot name a single statement",
}


def check_path(path: Path, where: str) -> None:
    """Raises EvidenceError when no statement has anything at the path."""
    if path in (SCORE, MINUTES):
        return
    if not 1 <= len(path) <= _MOST_STEPS:
        raise EvidenceError(f"a path has 1 to {_MOST_STEPS} steps", where=where)
    if (first := str(path[0])) in _NOT_LOOKED_AT:
        raise EvidenceError(_NOT_LOOKED_AT[first], where=where)
    shape: _Shape = _STATEMENT
    for at, step in enumerate(path):
        if shape is None:
            return
        if not isinstance(step, str) or step not in shape:
            raise EvidenceError(_nothing_there(path[: at + 1], shape), where=where)
        shape = shape[step]


def _nothing_there(path: Path, shape: dict[str, _Shape]) -> str:
    told = ", ".join(map(str, path))
    if not shape:
        return f"nothing lies below {', '.join(map(str, path[:-1]))} in a statement"
    close = get_close_matches(str(path[-1]), shape, 1)
    meant = f"; did you mean {close[0]}?" if close else f"; there are {', '.join(sorted(shape))}"
    return f"no statement has anything at {told}{meant}"
