"""Asking witnesses to cosign the log's newest checkpoint, and keeping every checkpoint that a quorum of them cosigned."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from credentials.errors import NoteError
from credentials.log.note import Note, NoteKey, NoteSignature, parse_note, verified
from credentials.log.witnessing import write_add_checkpoint
from credentials.ports.records import Keep, Put, Records
from credentials.services.log import IssuanceLog
from credentials.stores.leases import Lease
from credentials.stores.log import CHECKPOINTS, WITNESSES, CosignedCheckpoint, LogHead, WitnessState
from lrs.errors import NotFoundError, StoreUnavailableError

_TRIES = 2  # the second after the witness told which size it knows
_log = logging.getLogger("jejak.cosigning")


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """Status and body."""

    status: int
    body: str


class WitnessClient(Protocol):
    """A witness as the log sees it."""

    @property
    def key(self) -> NoteKey: ...

    async def add_checkpoint(self, body: str) -> WitnessAnswer:
        """Never raises: a witness out of reach answers with status 0."""
        ...


@dataclass(frozen=True, slots=True)
class _Cosigned:
    line: NoteSignature
    time: int


@dataclass(frozen=True, slots=True)
class Cosigning:
    """`quorum`: how many of the witnesses must have cosigned. One process does it, by the lease."""

    records: Records
    log: IssuanceLog
    witnesses: Sequence[WitnessClient]
    quorum: int
    lease: Lease
    interval: float

    async def run(self) -> None:
        """Until it is cancelled."""
        while self.witnesses:
            try:
                if await self.lease.held():
                    await self.step()
            except StoreUnavailableError as error:
                _log.warning("the store is out of reach: %s", error.message)
            await asyncio.sleep(self.interval)

    async def step(self) -> bool:
        """Has the newest checkpoint cosigned when it is not yet; whether the quorum did."""
        head, last = await self.log.head(), await self.log.last_cosigned()
        if head is None or (last is not None and last.size >= head.size):
            return False
        asked = await asyncio.gather(*(self._ask(witness, head) for witness in self.witnesses))
        given = [one for one in asked if one is not None]
        if len(given) < self.quorum:
            _log.warning("%d of %d witnesses cosigned the log at size %d; %d are needed", len(given), len(asked), head.size, self.quorum)
            return False
        note = parse_note(head.checkpoint)
        whole = Note(note.text, (*note.signatures, *(one.line for one in given))).whole()
        time = sorted(one.time for one in given)[self.quorum - 1]
        await self.records.commit(Keep(CHECKPOINTS, CosignedCheckpoint(head.size, whole, time)))
        return True

    async def _ask(self, witness: WitnessClient, head: LogHead) -> _Cosigned | None:
        name = witness.key.text()
        kept = await self.records.get(WITNESSES, name)
        old = kept.value.size if kept else 0
        for _ in range(_TRIES):
            try:
                proof = await self.log.consistency(min(old, head.size), head.size)
            except NotFoundError:
                return None
            answer = await witness.add_checkpoint(write_add_checkpoint(old, proof, head.checkpoint))
            if answer.status == 200:
                return await self._taken(witness.key, head, answer.body)
            if answer.status != 409 or (told := _size(answer.body)) is None or told == old:
                _log.warning("the witness %s answered %d: %s", witness.key.name, answer.status, answer.body[:200].strip())
                return None
            if told > head.size:
                _log.error(
                    "the witness %s has seen the log at size %d, and it is at %d: it was rolled back", witness.key.name, told, head.size
                )
                return None
            old = told
        return None

    async def _taken(self, key: NoteKey, head: LogHead, body: str) -> _Cosigned | None:
        """The cosignature, once it is checked; the witness's size is remembered then."""
        text = parse_note(head.checkpoint).text
        try:
            lines = parse_note(f"{text}\n{body}").signatures
            own = next((one for one in lines if (one.name, one.key_id) == (key.name, key.id)), None)
            time = verified(Note(text, (own,)), key) if own else None
        except NoteError as error:
            _log.warning("the witness %s answered with no cosignature of it: %s", key.name, error.message)
            return None
        if own is None or time is None:
            return None
        await self.records.commit(Put(WITNESSES, WitnessState(key.text(), head.size)))
        return _Cosigned(own, time)


def _size(body: str) -> int | None:
    text = body.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
