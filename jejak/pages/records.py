"""What the pages keep: who is signed in, and what was shared. Tokens are kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from credentials.ports.records import Insert, Put, Records, Remove, Replace, Table
from lrs.clock import Clock

SESSION_US = 8 * 3_600 * 1_000_000  # a working day
SHARE_US = 30 * 86_400 * 1_000_000
_MOST_SHARES = 200  # of one person, live or not


@dataclass(frozen=True, slots=True)
class PageSession:
    """`token`: the hash of what the browser has. `form`: what every form must carry."""

    token: str
    person: str
    form: str
    until: int


@dataclass(frozen=True, slots=True)
class Share:
    """`token`: the hash of what stands in the link. `certificates`: what was chosen, and `parts` of each: name, hours, dates, number.
    `revoked`: when, 0 for not. Times in microseconds.
    """

    token: str
    person: str
    certificates: tuple[str, ...]
    parts: tuple[str, ...]
    created: int
    until: int
    revoked: int = 0

    def live(self, now: int) -> bool:
        return not self.revoked and now < self.until


PARTS = ("name", "hours", "dates", "number")
PAGE_SESSIONS: Table[PageSession] = Table(
    "page_session", PageSession, key=lambda one: (one.token,), indexes={"until": lambda one: [(one.until,)]}
)
SHARES: Table[Share] = Table(
    "share", Share, key=lambda one: (one.token,), indexes={"person": lambda one: [(one.person, one.created, one.token)]}
)
PAGE_TABLES: tuple[Table[Any], ...] = (PAGE_SESSIONS, SHARES)


def hashed(token: str) -> str:
    """As it is kept. The token is 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sessions:
    """Who is signed in."""

    records: Records
    clock: Clock

    async def begin(self, person: str) -> str:
        """The token for the browser. Sessions that are over are forgotten on the way."""
        now = self.clock.now_us()
        over = await self.records.scan(PAGE_SESSIONS, "until", high=(now,), limit=50)
        token = secrets.token_urlsafe(32)
        made = PageSession(hashed(token), person, secrets.token_urlsafe(24), now + SESSION_US)
        await self.records.commit(Insert(PAGE_SESSIONS, made), *(Remove(PAGE_SESSIONS, (one.token,)) for one in over.values))
        return token

    async def of(self, token: str) -> PageSession | None:
        """None for a token that is none, or whose time is over."""
        kept = await self.records.get(PAGE_SESSIONS, hashed(token))
        return kept.value if kept is not None and kept.value.until > self.clock.now_us() else None

    async def end(self, token: str) -> None:
        """Safe to repeat."""
        await self.records.commit(Remove(PAGE_SESSIONS, (hashed(token),)))


@dataclass(frozen=True, slots=True)
class Shares:
    """Links that show what was chosen, for thirty days."""

    records: Records
    clock: Clock

    async def make(self, person: str, certificates: tuple[str, ...], parts: tuple[str, ...]) -> str:
        """The token for the link: it is told once."""
        now, token = self.clock.now_us(), secrets.token_urlsafe(24)
        made = Share(hashed(token), person, certificates, tuple(part for part in PARTS if part in parts), now, now + SHARE_US)
        await self.records.commit(Put(SHARES, made))
        return token

    async def live(self, token: str) -> Share | None:
        """None for one that is not there, expired or revoked: which of these is not told."""
        kept = await self.records.get(SHARES, hashed(token))
        return kept.value if kept is not None and kept.value.live(self.clock.now_us()) else None

    async def of(self, person: str) -> list[Share]:
        """The person's, newest first."""
        return (await self.records.scan(SHARES, "person", (person,), limit=_MOST_SHARES, descending=True)).values

    async def revoke(self, person: str, token: str) -> bool:
        """By the hash. False for one that is not the person's, or revoked already."""
        kept = await self.records.get(SHARES, token)
        if kept is None or kept.value.person != person or kept.value.revoked:
            return False
        one = kept.value
        gone = Share(one.token, one.person, one.certificates, one.parts, one.created, one.until, self.clock.now_us())
        await self.records.commit(Replace(SHARES, gone, kept.revision))
        return True
