"""Judging many persons and batches at once, and everything that the judgements change, ready to be committed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from credentials.certificate.reservation import Draft
from credentials.errors import EvidenceError
from credentials.evidence.judgement import Case, Judgement, judge
from credentials.ports.records import Keep, Parts, Put, Records, Remove, Write, get_all
from credentials.ports.reviews import ReviewQueue
from credentials.services.projection.applying import CORRECTED, CertificateId, Change, Discrepancy, Standing, change, first_day
from credentials.services.projection.cases import AtHand, Cases, PersonBatch, Unjudged
from credentials.services.projection.corrections import CertificateCorrections
from credentials.services.projection.recovering import Recovering
from credentials.services.reserving import Prepared, Reserving
from credentials.stores.completions import COMPLETIONS, Completion, CompletionRecords
from credentials.stores.dossiers import PARKED, Parked
from credentials.stores.ledger import HOURS, LedgerRecords, superseding
from credentials.stores.people import PeopleRecords
from lrs.clock import Clock

_log = logging.getLogger("jejak.projector")
_UNEXPECTED = "an error that nobody expected ({}); the server's log has it"
NO_NAME = "the person has no name: no certificate can be made out"


@dataclass(slots=True)
class Judged:
    """`conditions` come first in the commit, `writes` after the progress. `prepared`: certificates that it reserves."""

    conditions: list[Write] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    prepared: list[Prepared] = field(default_factory=list)
    opened: int = 0
    closed: int = 0
    corrected: int = 0
    held: int = 0
    parked: int = 0
    looked: int = 0

    def add(self, other: Judged) -> None:
        """The counts of another."""
        for name in ("opened", "closed", "corrected", "held", "parked", "looked"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Judging:
    """For one generation of dossiers."""

    def __init__(
        self, records: Records, cases: Cases, people: PeopleRecords, reserving: Reserving, reviews: ReviewQueue, clock: Clock
    ) -> None:
        self._records = records
        self._cases = cases
        self._people = people
        self._reserving = reserving
        self._reviews = reviews
        self._clock = clock
        self._completions = CompletionRecords(records)
        self._recovering = Recovering(records, reserving)
        self._correcting = CertificateCorrections(records, reserving)

    async def judge(self, pairs: Iterable[PersonBatch], at_hand: AtHand) -> Judged:
        """Reads what stands and what should, and works out the difference. Writes nothing."""
        judged = Judged()
        wanted = list(dict.fromkeys(pairs))
        await self._add(await self._correcting.checked(await self.changes(wanted, at_hand, judged)), judged)
        judged.writes += await self._mended(wanted, judged)
        return judged

    async def _mended(self, pairs: Sequence[PersonBatch], judged: Judged) -> list[Write]:
        """What was parked before and could be judged now is parked no longer."""
        if not (await self._records.scan(PARKED, prefix=("judgement",), limit=1)).values:
            return []
        again = {PARKED.key(one.value) for one in judged.writes if isinstance(one, Put) and one.table is PARKED}
        parked = await get_all(self._records, PARKED, [("judgement", *pair) for pair in pairs])
        return [Remove(PARKED, key) for key in parked if key not in again]

    async def changes(self, pairs: Iterable[PersonBatch], at_hand: AtHand, judged: Judged) -> list[Discrepancy]:
        """The differences alone; `judged` gets what cannot be judged."""
        wanted = list(dict.fromkeys(pairs))
        cases = await self._cases.gather(wanted, at_hand)
        standing = await self._standing(wanted, cases, at_hand)
        judgements = await asyncio.to_thread(_judge_all, cases)
        found: list[Discrepancy] = []
        for pair in wanted:
            case = cases.get(pair)
            if isinstance(case, Unjudged):
                self._unjudged(pair, case, judged)
            elif case is not None:
                changed = await self._changed(pair, case, judgements[pair], standing[pair], judged)
                if changed is not None:
                    found.append(Discrepancy(pair, case, standing[pair], changed))
        judged.looked += len(wanted)
        return found

    async def judgement(self, pair: PersonBatch, case: Case) -> Judgement:
        """One, with the verdict on weak evidence. Raises EvidenceError."""
        return await self.reviewed(pair, case, judge(case))

    async def reviewed(self, pair: PersonBatch, case: Case, judgement: Judgement) -> Judgement:
        """With the verdict on weak evidence, when it comes to that. Raises EvidenceError."""
        if judgement.kind != "review":
            return judgement
        verdict = await self._reviews.verdict(*pair, judgement.seen)
        return judge(replace(case, verdict=verdict)) if verdict in ("approved", "rejected") else judgement

    async def _standing(
        self, pairs: Sequence[PersonBatch], cases: Mapping[PersonBatch, Case | Unjudged], at_hand: AtHand
    ) -> dict[PersonBatch, Standing]:
        """What there is of each pair now."""
        known = at_hand.completions
        if known is None:
            known = await self._completions.completions_many(list(pairs))
        found = {pair: known[pair] for pair in pairs if pair in known}
        absent = {pair: case for pair in pairs if pair not in found and isinstance(case := cases.get(pair), Case)}
        found |= await self._recovering.recovered(absent)
        keys: list[Parts] = [(one.person, one.entry) for one in found.values() if one.entry]
        lines = await get_all(self._records, HOURS, keys) if keys else {}
        of_sessions = [one.certificate for pair, one in found.items() if one.certificate and _of_sessions(cases.get(pair))]
        issues = await self._reserving.issues(of_sessions) if of_sessions else {}
        return {
            pair: Standing(one, lines.get((one.person, one.entry)), issues.get(one.certificate))
            if (one := found.get(pair)) is not None
            else Standing()
            for pair in pairs
        }

    async def _changed(
        self, pair: PersonBatch, case: Case, judgement: Judgement | Exception, standing: Standing, judged: Judged
    ) -> Change | None:
        try:
            if isinstance(judgement, Exception):
                raise judgement
            found = await self.reviewed(pair, case, judgement)
            return change(pair[0], case, found, standing, self._clock.now_us(), self._certificates(pair[0], case))
        except EvidenceError as error:
            self._park(pair, error.message, case.batch.provider, judged)
        except Exception as error:  # of one person and batch; everybody else's goes on
            _log.exception("the judgement of a person in batch %s failed", pair[1])
            self._park(pair, _UNEXPECTED.format(type(error).__name__), case.batch.provider, judged)
        return None

    def _certificates(self, person: str, case: Case) -> CertificateId:
        programme, batch = case.programme, case.batch.id
        return lambda number: self._reserving.id_of(programme.id, programme.version, batch, person, number)

    async def _add(self, found: Sequence[Discrepancy], judged: Judged) -> None:
        drafts = await self._drafts([one for one in found if one.change.due])
        judged.prepared = await self._reserving.prepare([draft for _, draft in drafts])
        if any(not one.writes for one in judged.prepared):
            drafts = [(pair, await self._next_issue(draft)) for pair, draft in drafts]
            judged.prepared = await self._reserving.prepare([draft for _, draft in drafts])
        reserved = {pair: (one.certificate, draft.number) for (pair, draft), one in zip(drafts, judged.prepared, strict=True)}
        for one in judged.prepared:
            judged.conditions += one.conditions
            judged.writes += one.writes
        judged.writes = _once(judged.writes)
        for due in found:
            await self._write(due.pair, due.change, reserved.get(due.pair), judged)

    async def _write(self, pair: PersonBatch, found: Change, reserved: tuple[str, int] | None, judged: Judged) -> None:
        completion, lines = found.completion, found.lines
        if found.due and reserved != (completion.certificate, completion.issue):  # none, or another that nobody remembered
            certificate, issue = reserved or ("", completion.issue - 1)
            completion = replace(completion, certificate=certificate, issue=issue)
            lines = tuple(replace(line, certificate=certificate or None) if line.id == completion.entry else line for line in lines)
        for line in lines:
            judged.writes += LedgerRecords.writes(line)
        judged.writes.append(Put(COMPLETIONS, completion))
        if found.revoked:
            revocation = await self._reserving.revocation(found.revoked, lines[0].reason if lines else CORRECTED)
            judged.conditions += revocation[:1]
            judged.writes += revocation[1:]
        if found.corrects:
            judged.writes += superseding(pair[0], found.revoked, completion.certificate)
        elif found.due and not lines and completion.certificate:  # the line was written before there was one
            judged.writes += superseding(pair[0], completion.entry, completion.certificate)
        if found.doubtful is not None:
            judged.writes += await self._reviews.hold(found.doubtful)
        if found.due and reserved is None:
            self._park(pair, NO_NAME, completion.provider, judged)
        self._count(found, judged)

    async def _next_issue(self, draft: Draft) -> Draft:
        """Where there is a certificate that nobody remembered: that one, or when it was revoked the next."""
        latest = await self._reserving.latest(draft.batch, draft.person)
        if latest is None:
            return draft
        number = latest.reservation.draft.number
        return replace(draft, number=number + 1 if latest.revoked else number)

    async def _drafts(self, due: Sequence[Discrepancy]) -> list[tuple[PersonBatch, Draft]]:
        """Without those of persons who have no name: no certificate can be made out to them. One that is corrected has its name, also
        when the register's was erased.
        """
        profiles = await self._people.profiles([one.pair[0] for one in due])
        printed = await self._correcting.printed_names([one.change.revoked for one in due if one.change.corrects])
        drafts = []
        for one in due:
            profile, stands = profiles.get(one.pair[0]), one.change.completion
            name = profile.name_on(stands.learned_on) if profile is not None else None
            holder = name.printed if name is not None else printed.get(one.change.revoked, "")
            if holder:
                drafts.append((one.pair, _draft(one.case, stands, holder, one.change.revoked)))
        return drafts

    def _unjudged(self, pair: PersonBatch, why: Unjudged, judged: Judged) -> None:
        if not why.later:  # whoever reads what was there before asks for a look at the end
            self._park(pair, str(why), why.provider, judged)

    def _park(self, pair: PersonBatch, reason: str, provider: str, judged: Judged) -> None:
        person, batch = pair
        now = self._clock.now_us()
        judged.parked += 1
        judged.writes.append(Put(PARKED, Parked("judgement", person, reason, provider, batch, first=now, last=now)))

    def _count(self, found: Change, judged: Judged) -> None:
        kinds = [line.kind for line in found.lines]
        if kinds == ["reversal"]:
            judged.closed += 1
        elif kinds == ["reversal", "credit"]:
            judged.corrected += 1
        elif kinds == ["credit"]:
            judged.opened += 1
        judged.held += found.doubtful is not None


def _of_sessions(case: Case | Unjudged | None) -> bool:
    return isinstance(case, Case) and bool(case.rule.sessions)


def _draft(case: Case, stands: Completion, holder: str, replaces: str) -> Draft:
    return Draft(
        provider=stands.provider,
        person=stands.person,
        programme=stands.programme,
        version=stands.version,
        batch=stands.batch,
        number=stands.issue,
        holder=holder,
        jp=case.programme.jp,
        completed=stands.at,
        started_on=first_day(stands),
        learned_on=stands.learned_on,
        statements=stands.statements,
        provider_number=stands.number,
        replaces=replaces,
    )


def _judge_all(cases: Mapping[PersonBatch, Case | Unjudged]) -> dict[PersonBatch, Judgement | Exception]:
    """In a thread of its own, so that a server goes on answering."""
    found: dict[PersonBatch, Judgement | Exception] = {}
    for pair, case in cases.items():
        if isinstance(case, Case):
            try:
                found[pair] = judge(case)
            except Exception as error:  # told to the caller, who parks it
                found[pair] = error
    return found


def _once(writes: Sequence[Write]) -> list[Write]:
    """What is kept under one key (the same status list, for every certificate) once."""
    kept: set[tuple[str, Parts]] = set()
    found = []
    for one in writes:
        if isinstance(one, Keep):
            key = (one.table.name, one.table.key(one.value))
            if key in kept:
                continue
            kept.add(key)
        found.append(one)
    return found
