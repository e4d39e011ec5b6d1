"""Reading a rule from JSON: SQL LRS's reaction ruleset, with what a rule of hours needs besides. What makes no sense is refused, with the
place (`conditions.quiz.and[1].op`) and the way out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from credentials.errors import EvidenceError
from credentials.evidence.clauses import (
    OPERATORS,
    TIMESTAMP,
    All,
    Compare,
    Either,
    Json,
    Not,
    Operator,
    Parameter,
    Path,
    Ref,
    Role,
    Test,
    Value,
)
from credentials.evidence.paths import check_path
from credentials.evidence.rule import ONE, PARAMETERS, Condition, EvidenceRule, Threshold
from credentials.evidence.statement import moment
from credentials.evidence.vocabulary import Vocabulary

MOST_CONDITIONS = 20
MOST_CLAUSES = 200
DEEPEST = 8
_LONGEST_TEXT = 2_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,62}")
_MEMBERS = {"id", "title", "identityPaths", "conditions", "template", "sessions"}
_OPERANDS = ("val", "ref", "parameter", "binding")
_BOOLEANS = ("and", "or", "not")


def read_rule(raw: Json, words: Vocabulary, *, id: str = "") -> EvidenceRule:
    """`raw` is a rule, a ruleset, or a reaction as SQL LRS exports it; its `template` is passed over. Raises EvidenceError."""
    whole = _object(raw, "")
    if isinstance(whole.get("ruleset"), dict):
        whole = {"title": whole.get("title", "")} | _object(whole["ruleset"], "ruleset")
    for name in whole:
        if name not in _MEMBERS:
            raise EvidenceError(f"a rule has no member {name!r}; it has {', '.join(sorted(_MEMBERS))}", where=str(name))
    conditions = _object(whole.get("conditions"), "conditions")
    if not 1 <= len(conditions) <= MOST_CONDITIONS:
        raise EvidenceError(f"a rule has 1 to {MOST_CONDITIONS} conditions, by name", where="conditions")
    reader = _Reader(words)
    title_id, title_en = _titles(whole.get("title"), "title")
    return EvidenceRule(
        id=id or _text(whole.get("id", "rule"), "id"),
        title_id=title_id,
        title_en=title_en,
        conditions=tuple(reader.condition(name, one) for name, one in conditions.items()),
        identity=_identity(whole.get("identityPaths", [])),
        sessions=_text(whole.get("sessions", ""), "sessions", empty=True),
    )


def _identity(raw: Json) -> tuple[Path, ...]:
    """Paths of the actor say what a rule of hours does anyway: the statements are one person's."""
    found = [_path(one, f"identityPaths[{at}]") for at, one in enumerate(_list(raw, "identityPaths"))]
    return tuple(path for path in found if path[0] != "actor")


class _Reader:
    def __init__(self, words: Vocabulary) -> None:
        self._words = words
        self._clauses = 0

    def condition(self, name: str, raw: Json) -> Condition:
        where = f"conditions.{name}"
        if not _NAME.fullmatch(name):
            raise EvidenceError("a condition's name is 1 to 63 letters, digits, blanks, - and _", where=where)
        members = _object(raw, where)
        asked = {key: value for key, value in members.items() if key not in ("atLeast", "title")}
        title_id, title_en = _titles(members.get("title", ""), f"{where}.title")
        return Condition(name, self._test(asked, where, 0), self._needs(members.get("atLeast"), f"{where}.atLeast"), title_id, title_en)

    def _test(self, raw: Json, where: str, depth: int) -> Test:
        members = _object(raw, where)
        self._clauses += 1
        if depth > DEEPEST or self._clauses > MOST_CLAUSES:
            raise EvidenceError(f"a rule has at most {MOST_CLAUSES} clauses, {DEEPEST} deep", where=where)
        for word in _BOOLEANS:
            if word in members:
                if len(members) > 1:
                    raise EvidenceError(f"`{word}` stands alone; move the rest into it", where=where)
                return self._joined(word, members[word], f"{where}.{word}", depth + 1)
        return self._compare(members, where)

    def _joined(self, word: str, raw: Json, where: str, depth: int) -> Test:
        if word == "not":
            return Not(self._test(raw, where, depth))
        parts = tuple(self._test(one, f"{where}[{at}]", depth) for at, one in enumerate(_list(raw, where)))
        if not parts:
            raise EvidenceError(f"`{word}` of nothing says nothing", where=where)
        return All(parts) if word == "and" else Either(parts)

    def _compare(self, members: Mapping[str, Json], where: str) -> Compare:
        for name in members:
            if name not in ("path", "op", *_OPERANDS):
                raise EvidenceError(f"a clause has no member {name!r}; it is and, or, not, or path, op and val", where=f"{where}.{name}")
        path = _path(members.get("path"), f"{where}.path")
        op = members.get("op")
        if op not in OPERATORS:
            raise EvidenceError(f"the operators are {', '.join(OPERATORS)}", where=f"{where}.op")
        given = [name for name in _OPERANDS if name in members]
        if len(given) != 1:
            raise EvidenceError("a comparison has one of val, ref, parameter and binding", where=where)
        operand = self._operand(given[0], members[given[0]], path, f"{where}.{given[0]}")
        _check_operand(op, operand, path, where)
        return Compare(path, op, operand)

    def _operand(self, kind: str, raw: Json, path: Path, where: str) -> Value | Ref | Parameter | Role:
        if kind == "val":
            return Value(self._meant(raw, path, where))
        if kind == "ref":
            members = _object(raw, where)
            return Ref(_text(members.get("condition"), f"{where}.condition"), _path(members.get("path"), f"{where}.path"))
        text = _text(raw, where)
        if kind == "parameter" and text not in PARAMETERS:
            raise EvidenceError(f"the parameters are {', '.join(sorted(PARAMETERS))}", where=where)
        return Parameter(text) if kind == "parameter" else Role(text)

    def _meant(self, raw: Json, path: Path, where: str) -> Json:
        """Aliases of verbs and types by what stands for them, timestamps as moments."""
        if isinstance(raw, str) and len(raw) > _LONGEST_TEXT:
            raise EvidenceError(f"a value is at most {_LONGEST_TEXT:,} characters long", where=where)
        if path == ("verb", "id") and isinstance(raw, str):
            return self._words.verb(raw)
        if path == ("object", "definition", "type") and isinstance(raw, str):
            return self._words.type(raw)
        if path == TIMESTAMP and isinstance(raw, str):
            try:
                return moment(raw)
            except ValueError as error:
                raise EvidenceError("this is compared with a timestamp, so it must be one: 2026-11-24T08:00:00Z", where=where) from error
        return raw

    def _needs(self, raw: Json, where: str) -> Threshold:
        if raw is None:
            return ONE
        members = _object(raw, where)
        kinds = [name for name in ("count", "minutes", "share") if name in members]
        if len(kinds) != 1 or not set(members) <= {*kinds, "distinct"} or ("distinct" in members and kinds != ["count"]):
            raise EvidenceError("this has one of count (with distinct, or without), minutes and share", where=where)
        value = members[kinds[0]]
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise EvidenceError("this must be a number above 0", where=f"{where}.{kinds[0]}")
        if kinds == ["count"]:
            if not isinstance(value, int) or value > 10_000:
                raise EvidenceError("a count is a whole number up to 10,000", where=f"{where}.count")
            distinct = _path(members["distinct"], f"{where}.distinct") if "distinct" in members else None
            return Threshold(count=value, distinct=distinct)
        if kinds == ["share"] and value > 1:
            raise EvidenceError("a share is at most 1 (0.8 is 80 %)", where=f"{where}.share")
        return Threshold(minutes=float(value)) if kinds == ["minutes"] else Threshold(share=float(value))


def _check_operand(op: Operator, operand: Value | Ref | Parameter | Role, path: Path, where: str) -> None:
    if isinstance(operand, Role) and (op not in ("eq", "noteq") or path != ("object", "id")):
        raise EvidenceError("`binding` is compared with the path object, id, by eq or noteq", where=where)
    if not isinstance(operand, Value):
        if op in ("exists", "like"):
            raise EvidenceError(f"`{op}` takes a val", where=where)
        return
    value = operand.value
    if op == "exists" and not isinstance(value, bool):
        raise EvidenceError("`exists` takes true or false", where=f"{where}.val")
    if op == "like" and not isinstance(value, str):
        raise EvidenceError("`like` takes a text with % for what may differ", where=f"{where}.val")
    if op in ("gt", "gte", "lt", "lte") and (isinstance(value, bool) or not isinstance(value, int | float | str)):
        raise EvidenceError(f"`{op}` compares numbers, timestamps or texts", where=f"{where}.val")


def _path(raw: Json, where: str) -> Path:
    steps = _list(raw, where)
    found: list[str | int] = []
    for step in steps:
        if isinstance(step, bool) or not isinstance(step, str | int) or (isinstance(step, int) and step < 0):
            raise EvidenceError('a path is a list of member names and places in lists: ["result", "score", "scaled"]', where=where)
        found.append(step)
    path = tuple(found)
    check_path(path, where)
    return path


def _titles(raw: Json, where: str) -> tuple[str, str]:
    if isinstance(raw, dict):
        both = _text(raw.get("id", ""), f"{where}.id", empty=True), _text(raw.get("en", ""), f"{where}.en", empty=True)
        return both[0] or both[1], both[1] or both[0]
    text = _text(raw if raw is not None else "", where, empty=True)
    return text, text


def _text(raw: Json, where: str, *, empty: bool = False) -> str:
    if not isinstance(raw, str) or (not raw and not empty) or len(raw) > _LONGEST_TEXT:
        raise EvidenceError("this must be a text", where=where)
    return raw


def _object(raw: Json, where: str) -> dict[str, Json]:
    if not isinstance(raw, dict):
        raise EvidenceError("this must be an object", where=where)
    return raw


def _list(raw: Json, where: str) -> list[Json]:
    if not isinstance(raw, list):
        raise EvidenceError("this must be a list", where=where)
    return raw
