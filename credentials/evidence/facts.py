"""A statement cut down to what rules look at: a fact. Facts are what is kept of a learner's evidence; the statement stays where it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import TypeAlias

import msgspec

from credentials.errors import EvidenceError
from credentials.evidence.clauses import MINUTES, MISSING, SCORE, TIMESTAMP, Json, Known, Missing, Path
from credentials.evidence.numbers import exactly, float_of, floored, read_json
from credentials.evidence.statement import NO_RESULT, Activity, Near, Statement, mentions, moment
from credentials.evidence.vocabulary import Vocabulary

MOST_KEPT = 4_096  # bytes of what a rule's path finds in one statement; a score or an id takes some dozen
_VERB: Path = ("verb", "id")
_ACTIVITY: Path = ("object", "id")
_TYPE: Path = ("object", "definition", "type")
_SUCCESS: Path = ("result", "success")
_COMPLETION: Path = ("result", "completion")
ALWAYS_KEPT = frozenset({_VERB, _ACTIVITY, _TYPE, _SUCCESS, _COMPLETION, TIMESTAMP, SCORE, MINUTES})

_DURATION = re.compile(
    r"P(?:(?P<weeks>[\d.,]+)W)?(?:(?P<years>[\d.,]+)Y)?(?:(?P<months>[\d.,]+)M)?(?:(?P<days>[\d.,]+)D)?"
    r"(?:T(?:(?P<hours>[\d.,]+)H)?(?:(?P<minutes>[\d.,]+)M)?(?:(?P<seconds>[\d.,]+)S)?)?",
    re.ASCII,
)
_SECONDS = {"weeks": 604_800, "years": 31_536_000, "months": 2_592_000, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_LONGEST = 366 * 86_400.0  # seconds; a longer duration is a slip

PathTexts: TypeAlias = tuple[tuple[Path, str], ...]
_NO_NUMBER = msgspec.Raw(b"null")


class _Score(msgspec.Struct, gc=False):
    scaled: msgspec.Raw = _NO_NUMBER
    raw: msgspec.Raw = _NO_NUMBER
    min: msgspec.Raw = msgspec.Raw(b"0")
    max: msgspec.Raw = _NO_NUMBER


_score = msgspec.json.Decoder(_Score | None)


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`statement`: its id, 16 bytes. `at`: when it happened, microseconds UTC. `repeat`: the same for a statement that was sent again under
    another id. `verb` and `type` as the vocabulary says them. `direct`: about the bound activity itself, not about a part of it.

    `score` is scaled; `seconds`: the duration. `weak`: the kind of weak source, "" for none. `batch`: the batch that the statement
    names. `door`: by which it came, "" for an LMS's. `claimed`, `number`: hours and certificate number that it claims. `more`: JSON of
    what lies at other paths that rules ask for, by the path as JSON.
    """

    statement: bytes
    at: int
    repeat: int
    verb: str
    activity: str
    type: str = ""
    direct: bool = True
    success: bool | None = None
    completion: bool | None = None
    score: float | None = None
    seconds: float | None = None
    weak: str = ""
    batch: str = ""
    claimed: int | None = None
    number: str = ""
    more: dict[str, str] = {}
    door: str = ""

    @property
    def id(self) -> str:
        """The statement's id as text."""
        text = self.statement.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Basics(msgspec.Struct, frozen=True, gc=False):
    """What every statement is looked at for: its id, moment, verb, the type of its object, and whether its source is weak."""

    statement: bytes
    at: int
    verb: str
    type: str
    weak: str


def basics_of(id: str, timestamp: str, verb: str = "", type: str = "", weak: str = "") -> Basics:
    """`verb`, `type`: as the vocabulary says them. Raises ValueError for an id or a timestamp that is none."""
    return Basics(bytes.fromhex(id.replace("-", "")), moment(timestamp), verb, type, weak)


def fact_of(
    statement: Statement, basics: Basics, ifi: str, words: Vocabulary, *, direct: bool, body: bytes = b"", paths: PathTexts = ()
) -> Fact:
    """`body`: the statement itself, read whole only where rules ask for `paths` beyond those that are always kept.

    Raises EvidenceError when what lies at a path is too long to keep.
    """
    result = statement.result or NO_RESULT
    around, told = statement.context_extensions, statement.result_extensions
    return Fact(
        statement=basics.statement,
        at=basics.at,
        repeat=_repeat(statement, ifi, basics.verb, basics.at, around.get(words.event)),
        verb=basics.verb,
        activity=statement.object.id,
        type=basics.type,
        direct=direct,
        success=result.success,
        completion=result.completion,
        score=scaled_score(result.score) if result.scored else None,
        seconds=duration_seconds(result.duration),
        weak=basics.weak,
        batch=_text(around.get(words.batch)),
        claimed=_whole(told.get(words.claimed, around.get(words.claimed))),
        number=_text(told.get(words.number, around.get(words.number))),
        more=_more(body, paths) if paths else {},
        door=next((words.doors[one.id] for one in statement.categories if one.id in words.doors), ""),
    )


def value_at(fact: Fact, path: Path) -> Known:
    """What lies at a path, of those that are always kept or were asked for when the fact was made."""
    if path == _VERB:
        return fact.verb
    if path == _ACTIVITY:
        return fact.activity
    if path == TIMESTAMP:
        return fact.at
    if path == _TYPE:
        return fact.type or MISSING
    if path in ALWAYS_KEPT:
        found = {_SUCCESS: fact.success, _COMPLETION: fact.completion, SCORE: fact.score, MINUTES: _minutes(fact)}[path]
        return MISSING if found is None else found
    kept = fact.more.get(path_text(path))
    return MISSING if kept is None else read_json(kept)


def path_text(path: Path) -> str:
    """The path as JSON: how `more` names it."""
    return msgspec.json.encode(path).decode()


def scaled_score(score: msgspec.Raw) -> float | None:
    """`scaled`, or else the place of `raw` between `min` (0 when absent) and `max` (xAPI-Data 1.0.3 2.4.5.1); None when nobody can tell.

    It is worked out from the digits of the statement, and never rounded up: a bound is reached when it is.
    """
    told = _score.decode(score)
    if told is None:
        return None
    if told.scaled is not _NO_NUMBER:
        return floored(bytes(told.scaled).decode())
    raw, low, high = exactly(told.raw), exactly(told.min), exactly(told.max)
    if raw is None or low is None or high is None or high <= low:
        return None
    return float_of((raw - low) / (high - low))


def duration_seconds(text: str) -> float | None:
    """Seconds of an ISO 8601 duration; a year as 365 days, a month as 30. None when it is none, or longer than a year."""
    found = _DURATION.fullmatch(text) if text else None
    if found is None:
        return None
    try:
        seconds = sum(float(value.replace(",", ".")) * _SECONDS[unit] for unit, value in found.groupdict().items() if value)
    except ValueError:
        return None
    return seconds if 0 <= seconds <= _LONGEST else None


def weak_category(categories: Iterable[Near], words: Vocabulary) -> str:
    """The name of the weak source that statements of one of these categories come from, "" when they come from none."""
    for category in categories:
        if category.id.startswith(words.weak_prefixes):
            return next(name for prefix, name in words.weak_categories if category.id.startswith(prefix))
    return ""


def weak_object(target: Activity, words: Vocabulary) -> str:
    """Of statements about this object."""
    if target.definition is None or not mentions(target.definition.extensions, words.weak_hints):
        return ""
    told = target.extensions
    return next((name for iri, name in words.weak_extensions if iri in told), "")


def _repeat(statement: Statement, ifi: str, verb: str, at: int, info: Json) -> int:
    """The semantic key: provider and registration are left out, since facts of providers never meet, and Moodle's registration is its
    own at every sending.
    """
    event = info.get("event_name", "") if isinstance(info, dict) else ""
    text = "\x00".join((ifi, verb, statement.object.id, str(at), str(event)))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def _more(body: bytes, paths: PathTexts) -> dict[str, str]:
    whole = read_json(body)
    found: dict[str, str] = {}
    for path, text in paths:
        value = _at(whole, path)
        if isinstance(value, Missing):
            continue
        kept = msgspec.json.encode(value)
        if len(kept) > MOST_KEPT:
            raise EvidenceError(f"what lies at {text} of the statement is longer than {MOST_KEPT:,} bytes, more than a rule may look at")
        found[text] = kept.decode()
    return found


def _at(value: Json, path: Path) -> Known:
    here = value
    for step in path:
        if isinstance(here, dict) and isinstance(step, str):
            below: Known = here.get(step, MISSING)
        else:
            below = here[step] if isinstance(here, list) and isinstance(step, int) and step < len(here) else MISSING
        if isinstance(below, Missing):
            return MISSING
        here = below
    return here


def _minutes(fact: Fact) -> float | None:
    return None if fact.seconds is None else fact.seconds / 60


def _text(value: Json) -> str:
    return value[:200] if isinstance(value, str) else str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2_000 else None
