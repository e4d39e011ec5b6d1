"""Linking an xAPI identifier to a person, undoing it, and saying that it is somebody else. Each is a decision; hours follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from credentials.checks import check_choice, check_text
from credentials.decisions import Content
from credentials.people.links import LEVELS, Identity, Level, Link, linked, unlinked
from credentials.people.person import Person
from credentials.ports.records import Put, Replace, Write
from credentials.services.people import NewPerson, People
from credentials.stores.decisions import DecisionLog
from credentials.stores.links import IDENTITIES, LinkRecords, Pair
from credentials.stores.looks import Look, ask_for
from credentials.stores.people import NUMBERS, PeopleRecords
from credentials.stores.waiting import WaitingRecords
from lrs.errors import NotFoundError
from lrs.ports import ClientStore


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a link is known. `source`: where from ("hr:4012", "import:…", "sign-in:asn-digital"); `by`: the actor."""

    level: Level
    source: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DraftedLink:
    """A link that is ready, and what a commit needs for it; nothing when it is there already."""

    link: Link
    writes: tuple[Write, ...] = ()


@dataclass(frozen=True, slots=True)
class Links:
    """Each method raises InvalidRequestError (with `where`), NotFoundError or ConflictError; then nothing is stored."""

    links: LinkRecords
    people: PeopleRecords
    waiting: WaitingRecords
    log: DecisionLog
    providers: ClientStore
    new_id: Callable[[], str]

    async def link(
        self, person: str, provider: str, ifi: str, evidence: Evidence, *, since: date | None = None, until: date | None = None
    ) -> Link:
        """The identifier names the person in the provider's statements from now on, also in those that are there already."""
        check_choice(evidence.level, LEVELS, "level")
        return await self._make(person, provider, ifi, evidence, since, until, refused=False)

    async def refuse(self, person: str, provider: str, ifi: str, evidence: Evidence) -> Link:
        """The identifier is not this person, whatever number it asserts ("bukan saya")."""
        return await self._make(person, provider, ifi, evidence, None, None, refused=True)

    async def register(self, people: People, told: NewPerson, accounts: Sequence[Pair], evidence: Evidence) -> Person:
        """A new person with their accounts, in one commit."""
        drafted = people.drafted(told)
        person, writes, made = drafted.person.id, list(drafted.writes), []
        for provider, ifi in dict.fromkeys(accounts):
            await self._require_provider(provider)
            kept = await self.links.identity(provider, ifi)
            link = self._link(person, evidence)
            changed = linked(kept.value if kept else Identity(provider, ifi), link)
            writes += [Replace(IDENTITIES, changed, kept.revision if kept else 0), *await self._looks(person, ifi)]
            made.append(link.id)
        content: Content = {"links": made} if made else {}
        subject = f"person:{person}"
        await self.log.append(*writes, actor=evidence.by, kind="person.registered", subject=subject, content=content)
        await people.settle(drafted.profile.identifiers)
        await self.waiting.settle([ifi for _, ifi in accounts])
        return drafted.person

    async def undo(self, link: str, *, by: str, reason: str) -> Link:
        """Takes a link (or a refusal) back. Evidence that counted by it counts no more."""
        check_text(reason, "reason")
        found = await self.links.with_link(link)
        kept = await self.links.identity(found.provider, found.ifi) if found else None
        if kept is None:
            raise NotFoundError("there is no link with this id", where="link")
        changed = unlinked(kept.value, link, self.log.clock.now_us())
        undone = next(one for one in changed.links if one.id == link)
        await self.log.append(
            Replace(IDENTITIES, changed, kept.revision),
            *await self._looks(undone.person, changed.ifi),
            actor=by,
            kind="refusal.lifted" if undone.refused else "link.undone",
            subject=f"person:{undone.person}",
            reason=reason,
            content={"link": link, "provider": changed.provider},
        )
        return undone

    async def drafted(
        self,
        person: str,
        provider: str,
        ifi: str,
        evidence: Evidence,
        *,
        since: date | None = None,
        until: date | None = None,
        refused: bool = False,
    ) -> DraftedLink:
        """For the commit of whoever decides it, who calls `waiting.settle` afterwards."""
        await self._require(person, provider)
        kept = await self.links.identity(provider, ifi)
        before = kept.value if kept else Identity(provider, ifi)
        link = replace(self._link(person, evidence), since=since, until=until, refused=refused)
        changed = linked(before, link)
        if changed is before:
            return DraftedLink(next(one for one in before.links if one.open and one.person == person and one.refused == refused))
        return DraftedLink(link, (Replace(IDENTITIES, changed, kept.revision if kept else 0), *await self._looks(person, ifi)))

    async def _make(
        self, person: str, provider: str, ifi: str, evidence: Evidence, since: date | None, until: date | None, *, refused: bool
    ) -> Link:
        check_text(evidence.reason, "reason", empty=not refused)
        drafted = await self.drafted(person, provider, ifi, evidence, since=since, until=until, refused=refused)
        link = drafted.link
        if not drafted.writes:
            return link
        await self.log.append(
            *drafted.writes,
            actor=evidence.by,
            kind="link.refused" if refused else "link.made",
            subject=f"person:{person}",
            reason=evidence.reason,
            content={"link": link.id, "provider": provider, "level": evidence.level},
        )
        await self.waiting.settle([ifi])
        return link

    def _link(self, person: str, evidence: Evidence) -> Link:
        return Link(self.new_id(), person, evidence.level, evidence.source, evidence.by, self.log.clock.now_us())

    async def _require(self, person: str, provider: str) -> None:
        if await self.people.person(person) is None:
            raise NotFoundError("there is no person with this id", where="person")
        await self._require_provider(provider)

    async def _require_provider(self, provider: str) -> None:
        if await self.providers.provider(provider) is None:
            raise NotFoundError("there is no provider with this id", where="provider")

    async def _looks(self, person: str, ifi: str) -> list[Put[Look]]:
        """At the person, and at whoever an asserted number names: a link takes from them, and its undoing gives back."""
        number = self.links.asserted_number(ifi)
        owner = await self.links.records.get(NUMBERS, "asn", number) if number else None
        return [ask_for(person=one) for one in dict.fromkeys([person, *([owner.value.person] if owner else [])])]
