"""What people decide about certificates and keys: revoked, suspended, reinstated, reissued; rotated, compromised. Each is a decision."""

from __future__ import annotations

from dataclasses import dataclass, replace

from credentials.certificate.issued import Certificate
from credentials.decisions import Content
from credentials.keys import IssuerKeys
from credentials.keys.key import IssuerKey
from credentials.ports.records import Records, Replace, Write
from credentials.services.log import IssuanceLog
from credentials.services.reserving import Issue, Reserving
from credentials.services.status_lists import StatusLists
from credentials.stores.certificates import CERTIFICATES
from credentials.stores.completions import COMPLETIONS
from credentials.stores.decisions import DecisionLog
from lrs.errors import ConflictError, InvalidRequestError, NotFoundError

_PAGE = 500
_LONGEST_REASON = 300
_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Amending:
    """`actor`: who decides ("administrator:NAME"). Reasons are asked for: they are what a holder is told."""

    records: Records
    reserving: Reserving
    decisions: DecisionLog
    keys: IssuerKeys
    lists: StatusLists
    log: IssuanceLog

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
        """The same facts in a new certificate, by the keys of now, that names the old one; the old one is revoked. The new id.

        Raises NotFoundError, ConflictError when a newer one is there already.
        """
        issue = await self.reserving.issue(certificate)
        if issue is None:
            raise NotFoundError("there is no certificate with this id", where="certificate")
        old = issue.reservation.draft
        latest = await self.reserving.latest(old.batch, old.person)
        if latest is None or latest.reservation.id != certificate:
            raise ConflictError("a newer certificate for this person and batch is there already", where="certificate")
        draft = replace(old, number=old.number + 1, replaces=certificate)
        writes = await self.reserving.revocation(certificate, _checked(reason), by=actor)
        kept = await self.records.get(COMPLETIONS, old.person, old.batch)
        if kept is not None and kept.value.certificate == certificate:
            now = replace(kept.value, certificate=self.reserving.certificate_id(draft), issue=draft.number)
            writes.append(Replace(COMPLETIONS, now, kept.revision))
        made = await self.reserving.reserve(draft, writes)
        if made is None:
            raise ConflictError("a newer certificate for this person and batch is there already", where="certificate")
        subject = f"certificate:{certificate}"
        await self.decisions.append(actor=actor, kind="certificate.reissued", subject=subject, reason=reason, content={"by": made.id})
        return made.id

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
