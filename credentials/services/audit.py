"""Auditing a log whole: every entry, every tile, the root, the signatures, and that it goes on from what was seen of it before."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from credentials.certificate.digest import credential_digest
from credentials.errors import NoteError
from credentials.log.merkle import EMPTY_ROOT, leaf_hash
from credentials.log.note import Checkpoint, Note, NoteKey, parse_checkpoint, parse_note, verified
from credentials.log.tiles import WIDTH, Place, TilePath, grown, open_tiles, range_hash
from credentials.ports.records import Records
from credentials.stores.certificates import CERTIFICATES
from credentials.stores.log import LOG_LEAVES
from lrs.errors import NotFoundError

_HASH = 32
_ENTRY = 2 + _HASH  # its length, and a digest
_PAGE = 500
_MOST_PROBLEMS = 100


class LogReader(Protocol):
    """A log as everybody sees it."""

    async def checkpoint(self) -> str:
        """Raises NotFoundError for a log in which nothing is yet."""
        ...

    async def tile(self, asked: TilePath) -> bytes:
        """Raises NotFoundError."""
        ...


@dataclass(frozen=True, slots=True)
class Expected:
    """What an auditor brings along: the log's key, its witnesses and how many of them must have cosigned, and earlier checkpoints."""

    key: NoteKey
    witnesses: Sequence[NoteKey] = ()
    quorum: int = 0
    earlier: Sequence[Checkpoint] = ()


@dataclass(slots=True)
class AuditReport:
    """`problems` is empty for a log that is whole. `time`: of the latest cosignature, in seconds, 0 for none."""

    origin: str = ""
    size: int = 0
    root: bytes = EMPTY_ROOT
    note: str = ""
    time: int = 0
    entries: int = 0
    certificates: int = 0
    problems: list[str] = field(default_factory=list)

    def problem(self, text: str) -> None:
        """Told, as long as there are not too many."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(text)


async def audit(log: LogReader, expected: Expected) -> AuditReport:
    """Reads the whole log. Raises NotFoundError for a log in which nothing is yet."""
    report = AuditReport()
    report.note = await log.checkpoint()
    try:
        note = parse_note(report.note)
        head = parse_checkpoint(note.text)
        _check_signatures(report, note, expected)
    except NoteError as error:
        report.problem(f"the checkpoint cannot be used: {error.message}")
        return report
    report.origin, report.size, report.root = head.origin, head.size, head.root
    if head.origin != expected.key.name:
        report.problem(f"the checkpoint is of {head.origin}, and the key of {expected.key.name}")
    await _read_all(log, report, sorted(expected.earlier, key=lambda one: one.size))
    return report


def _check_signatures(report: AuditReport, note: Note, expected: Expected) -> None:
    if verified(note, expected.key) is None:
        report.problem("the log's key has not signed the checkpoint")
    times = [time for key in expected.witnesses if (time := verified(note, key)) is not None]
    report.time = max(times, default=0)
    if len(times) < expected.quorum:
        report.problem(f"{len(times)} of the witnesses cosigned the checkpoint; {expected.quorum} are needed")


async def _read_all(log: LogReader, report: AuditReport, earlier: list[Checkpoint]) -> None:
    """Grows a tree of its own from the entries; only its right edge is kept in memory."""
    edge: dict[Place, bytes] = {}
    size = 0
    async for digests in _bundles(log, report):
        for part in _parts(size, len(digests), earlier):
            changed = grown(edge, size, [leaf_hash(one) for one in digests[:part]])
            await _compare(log, report, {place: content for place, content in changed.items() if len(content) == WIDTH * _HASH})
            edge = {place: content for place, content in (edge | changed).items() if place in open_tiles(size + part)}
            size, digests = size + part, digests[part:]
            for one in (one for one in earlier if one.size == size and range_hash((0, size), edge) != one.root):
                report.problem(f"at size {one.size} the log was another one: it does not go on from what was seen then")
    report.entries = size
    await _compare(log, report, edge)
    for one in (one for one in earlier if one.size > size):
        report.problem(f"the log had {one.size} entries before and has {size} now: it was rolled back")
    if size != report.size or (range_hash((0, size), edge) if size else EMPTY_ROOT) != report.root:
        report.problem("the entries do not give the root of the checkpoint")


def _parts(size: int, count: int, earlier: list[Checkpoint]) -> list[int]:
    """A bundle in pieces that end where an earlier checkpoint did."""
    ends = sorted({one.size - size for one in earlier if size < one.size < size + count} | {count})
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


async def _bundles(log: LogReader, report: AuditReport) -> AsyncIterator[list[bytes]]:
    for number in range(-(-report.size // WIDTH)):
        width = min(WIDTH, report.size - number * WIDTH)
        try:
            content = await log.tile(TilePath(-1, number, width))
        except NotFoundError:
            report.problem(f"the bundle {number} of entries is missing")
            return
        if len(content) != width * _ENTRY or any(content[start : start + 2] != b"\0\x20" for start in range(0, len(content), _ENTRY)):
            report.problem(f"the bundle {number} has entries that are no digests")
            return
        yield [content[start + 2 : start + _ENTRY] for start in range(0, len(content), _ENTRY)]


async def _compare(log: LogReader, report: AuditReport, tiles: dict[Place, bytes]) -> None:
    for (level, index), content in tiles.items():
        width = len(content) // _HASH
        try:
            published = await log.tile(TilePath(level, index, width))
        except NotFoundError:
            report.problem(f"the tile {index} of level {level} is missing")
            continue
        if published != content:
            report.problem(f"the tile {index} of level {level} is not made of the entries")


async def audit_certificates(records: Records, log: LogReader, report: AuditReport) -> None:
    """For whoever has the store: each certificate is in the log with the digest of what is served, and nothing else is."""
    after: str | None = None
    logged = 0
    while True:
        page = await records.scan(CERTIFICATES, after=after, limit=_PAGE)
        leaves = await records.get_many(LOG_LEAVES, [(one.id,) for one in page.values])
        for one in page.values:
            leaf = leaves.get((one.id,))
            if leaf is None or leaf.index >= report.size:
                report.problem(f"the certificate {one.id} is not in the log")
                continue
            logged += 1
            if not leaf.digest == one.digest == _served_digest(one.document) == await _entry(log, leaf.index):
                report.problem(f"the certificate {one.id} is not what was logged")
        report.certificates += len(page.values)
        if page.more is None:
            break
        after = page.more
    if logged < report.entries:
        report.problem(f"{report.entries - logged} entries of the log belong to no certificate that is kept here")


def _served_digest(document: bytes) -> bytes:
    return credential_digest(json.loads(document))


async def _entry(log: LogReader, index: int) -> bytes:
    place = index % WIDTH
    content = await log.tile(TilePath(-1, index // WIDTH, place + 1))
    return content[place * _ENTRY + 2 : (place + 1) * _ENTRY]
