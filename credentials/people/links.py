"""Identity links: which person an xAPI identifier names in one provider's statements. Statements are never rewritten.

`ifi` is the identifier as the index term of its agent (`lrs.ports.account_term` and its like). Links are only ever added; one that was
undone stays, with the moment. Levels of evidence, strongest first: the person signed in with the account; HR said so; the provider
asserts a NIP as the account's name on the agreed home page. A like name is never evidence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from credentials.errors import PeopleError
from lrs.errors import ConflictError

Level = Literal["sign-in", "hr", "nip-asserted"]
LEVELS: tuple[Level, ...] = ("sign-in", "hr", "nip-asserted")


@dataclass(frozen=True, slots=True)
class Link:
    """`since`, `until`: the days of learning for which it holds, both included, None for no bound (an account that was given to somebody
    else). `refused`: the opposite of a link: this identifier is not this person, whatever number it asserts. Times in microseconds.
    """

    id: str
    person: str
    level: Level
    source: str
    by: str
    made_at: int
    since: date | None = None
    until: date | None = None
    unlinked_at: int | None = None
    refused: bool = False

    @property
    def open(self) -> bool:
        return self.unlinked_at is None

    def holds_on(self, day: date) -> bool:
        """Whether the day lies within its bounds."""
        return within(self.since, self.until, day)


@dataclass(frozen=True, slots=True)
class Identity:
    """One identifier in one provider's statements, and every link that it ever had, in the order in which they were made."""

    provider: str
    ifi: str
    links: tuple[Link, ...] = ()

    def held(self) -> tuple[Link, ...]:
        """The links that hold now."""
        return tuple(link for link in self.links if link.open and not link.refused)

    def refuses(self, person: str) -> bool:
        """Whether somebody has said that it is not this person."""
        return any(link.open and link.refused and link.person == person for link in self.links)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom an identifier names, and how that is known. `link`: its id, "" for an asserted number. `expired`: the last day on which the
    number that was asserted was in use; evidence of a later day counts, with the flag `expired-identifier`.
    """

    person: str
    level: Level
    since: date | None = None
    until: date | None = None
    link: str = ""
    expired: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the day of learning lies within the link's bounds."""
        return within(self.since, self.until, day)


@dataclass(frozen=True, slots=True)
class Held:
    """The other way round: an identifier by which a provider's statements name a person, and the days for which they do."""

    ifi: str
    level: Level
    since: date | None = None
    until: date | None = None
    expired: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the day of learning lies within the link's bounds."""
        return within(self.since, self.until, day)


def within(since: date | None, until: date | None, day: date) -> bool:
    """Whether `day` is within bounds that are included; None is no bound."""
    return (since is None or since <= day) and (until is None or day <= until)


def linked(identity: Identity, link: Link) -> Identity:
    """With the link. The same link again changes nothing.

    Raises PeopleError (bounds), ConflictError when the identifier is another person's on some of these days, or was refused.
    """
    if link.since is not None and link.until is not None and link.until < link.since:
        raise PeopleError("a link cannot end before it begins", where="until")
    if link.refused:
        return replace(identity, links=(*identity.links, link)) if not identity.refuses(link.person) else identity
    if identity.refuses(link.person):
        raise ConflictError("somebody has said that this identifier is not this person; lift that first", where="person")
    for other in identity.held():
        if other.person == link.person and (other.since, other.until) == (link.since, link.until):
            return identity
        if _overlap(other, link):
            raise ConflictError("this identifier is linked to a person on some of these days; undo that link first", where="ifi")
    return replace(identity, links=(*identity.links, link))


def unlinked(identity: Identity, link_id: str, at: int) -> Identity:
    """With that link undone. Raises ConflictError when it is undone already."""
    found = next(link for link in identity.links if link.id == link_id)
    if not found.open:
        raise ConflictError("this link is undone already", where="link")
    return replace(identity, links=tuple(replace(link, unlinked_at=at) if link is found else link for link in identity.links))


def _overlap(one: Link, other: Link) -> bool:
    starts_after = one.since is not None and other.until is not None and one.since > other.until
    ends_before = one.until is not None and other.since is not None and one.until < other.since
    return not (starts_after or ends_before)
