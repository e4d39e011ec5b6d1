"""What people decide about certificates and keys: revoked, suspended, reinstated, reissued; rotated, compromised. Each is a decision."""

from __future__ import annotations

from dataclasses import dataclass, replace

from credentials.certificate.issued import Certificate
from credentials.certificate.reservation import Draft
from credentials.decisions import Content
from credentials.keys import IssuerKeys
from credentials.keys.key import IssuerKey
from credentials.ports.records import Records, Replace, Write
from credentials.services.log import IssuanceLog
from credentials.services.projection.fences import fences_of
from credentials.services.reserving import Issue, Prepared, Reserving
from credentials.services.status_lists import StatusLists
from credentials.stores.certificates import CERTIFICATES
from credentials.stores.completions import COMPLETIONS
from credentials.stores.decisions import DecisionLog
from credentials.stores.ledger import superseding
from credentials.stores.people import PeopleRecords
from lrs.errors import ConflictError, InvalidRequestError, NotFoundError

_PAGE = 500
_LONGEST_REASON = 300
_SECOND = 1_000_000
_TRIES = 100  # against the projector, which writes all the time
_NEWER = "a newer certificate for this person and batch is there already"


@dataclass(frozen=True, slots=True)
class Amending:
    """`actor`: who decides ("administrator:NAME"). Reasons are asked for: they are what a holder is told."""

    records: Records
    reserving: Reserving
    decisions: DecisionLog
    keys: IssuerKeys
    lists: StatusLists
    log: IssuanceLog
    people: PeopleRecords

    async def revoke(self, certificate: str, actor: str, reason: str) -> Issue:
        """For good. Raises NotFoundError, ConflictError when it is revoked already."""
        writes = await self.reserving.revocation(certificate, _checked(reason), by=actor)
        return await self._decide(certificate, writes, actor, "certificate.revoked", reason, "it is revoked already")

    async def suspend(self, certificate: str, actor: str, reason: str) -> Issue:
        """Until it is reinstated. Raises NotFoundError, ConflictError when it is suspended already."""
        writes = await self.reserving.suspension(certificate, _checked(reason), by=actor, suspended=True)
        return await self._decide(certificate, writes, actor, "certificate.suspended", reason, "it is suspended already")

    async def reinstate(self, certificate: str, actor: str, reason: str) -> Issue:
        """Raises NotFoundError, ConflictError when it is not suspended."""
        writes = await self.reserving.suspension(certificate, _checked(reason), by=actor, suspended=False)
        return await self._decide(certificate, writes, actor, "certificate.reinstated", reason, "it is not suspended")

    async def reissue(self, certificate: str, actor: str, reason: str) -> str:
        """The same facts in a new certificate, by the keys of now and with the name that the register has now for that day, that names the
        old one; the old one is revoked. The new id. Raises NotFoundError, ConflictError when a newer one is there already.
        """
        for _ in range(_TRIES):
            issue = await self.reserving.issue(certificate)
            if issue is None:
                raise NotFoundError("there is no certificate with this id", where="certificate")
            fences = await fences_of(self.records, [issue.reservation.draft.person])  # what the projector judges meanwhile is not written
            (made,) = await self.reserving.prepare([await self._next(issue)])
            if not made.writes:
                raise ConflictError(_NEWER, where="certificate")
            try:
                await self._reissue(issue, made, [*fences, *made.conditions], actor, reason)
            except ConflictError:
                continue  # the projector, or another place in the list, was faster
            self.reserving.took([made])
            self.reserving.nudge()
            return made.certificate
        raise ConflictError("the projector was always faster; try again", where="certificate")

    async def _next(self, issue: Issue) -> Draft:
        old = issue.reservation.draft
        latest = await self.reserving.latest(old.batch, old.person)
        if latest is None or latest.reservation.id != issue.reservation.id:
            raise ConflictError(_NEWER, where="certificate")
        profile = await self.people.profile(old.person)
        name = profile.value.name_on(old.learned_on) if profile is not None else None
        holder = name.printed if name is not None else old.holder  # a name that was erased stays on paper
        return replace(old, number=old.number + 1, replaces=issue.reservation.id, holder=holder)

    async def _reissue(self, issue: Issue, made: Prepared, conditions: list[Write], actor: str, reason: str) -> None:
        old, draft = issue.reservation.id, issue.reservation.draft
        writes = await self.reserving.revocation(old, _checked(reason), by=actor)
        kept = await self.records.get(COMPLETIONS, draft.person, draft.batch)
        if kept is not None and kept.value.certificate == old:
            now = replace(kept.value, certificate=made.certificate, issue=draft.number + 1)
            conditions = [*conditions, Replace(COMPLETIONS, now, kept.revision)]
        await self.decisions.append(
            *conditions,
            *writes,
            *made.writes,
            *superseding(draft.person, old, made.certificate),
            actor=actor,
            kind="certificate.reissued",
            subject=f"certificate:{old}",
            reason=reason,
            content={"by": made.certificate},
        )

    async def rotate(self, provider: str, actor: str, reason: str) -> list[IssuerKey]:
        """New keys for an issuer. Raises NotFoundError, ConflictError."""
        made = await self.keys.rotate(provider)
        content: Content = {"methods": [key.method for key in made]}
        await self.decisions.append(
            actor=actor, kind="keys.rotated", subject=f"provider:{provider}", reason=_checked(reason), content=content
        )
        return made

    async def compromised(self, provider: str, method: str, since: int, actor: str, reason: str) -> list[Certificate]:
        """The key may have been in other hands since then: revoked, a new one signs, lists are signed anew. What must be reissued.

        Raises NotFoundError, ConflictError.
        """
        await self.keys.revoke(provider, method, since)
        content: Content = {"method": method, "since": since}
        await self.decisions.append(
            *await self.lists.all_due(provider),
            actor=actor,
            kind="key.compromised",
            subject=f"provider:{provider}",
            reason=_checked(reason),
            content=content,
        )
        return await self.affected(provider, method, since)

    async def affected(self, provider: str, method: str, since: int) -> list[Certificate]:
        """Certificates signed by the key that the log did not have, cosigned, before `since`, and that are not revoked."""
        found: list[Certificate] = []
        after: str | None = None
        while True:
            page = await self.records.scan(CERTIFICATES, "method", (provider, method), after=after, limit=_PAGE)
            for one in page.values:
                issue = await self.reserving.issue(one.id)
                if issue is not None and not issue.revoked and not await self._logged_before(one.id, since):
                    found.append(one)
            if page.more is None:
                return found
            after = page.more

    async def _logged_before(self, certificate: str, since: int) -> bool:
        leaf = await self.log.leaf(certificate)
        cosigned = await self.log.first_cosigned(leaf.index) if leaf is not None else None
        return cosigned is not None and cosigned.time * _SECOND < since

    async def _decide(self, certificate: str, writes: list[Write], actor: str, kind: str, reason: str, already: str) -> Issue:
        if not writes:
            raise ConflictError(already, where="certificate")
        await self.decisions.append(*writes, actor=actor, kind=kind, subject=f"certificate:{certificate}", reason=reason)
        self.reserving.nudge()
        issue = await self.reserving.issue(certificate)
        assert issue is not None  # its place was changed a moment ago
        return issue


def _checked(reason: str) -> str:
    if not reason.strip() or len(reason) > _LONGEST_REASON or not reason.isprintable():
        raise InvalidRequestError(f"say why, in 1 to {_LONGEST_REASON} characters", where="reason")
    return reason
