"""Identity links on records, and the two questions of the projector: whom does an identifier name, and by what is a person named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from credentials.people.links import Held, Holder, Identity
from credentials.ports.records import MOST_WRITES, Kept, Parts, Records, Table, get_all, scan_all
from credentials.stores.people import NUMBERS, PROFILES, Numbered
from lrs.ports import account_term

Pair: TypeAlias = tuple[str, str]  # (provider, ifi)


def _over(identity: Identity) -> list[tuple[int]]:
    """When the last link was undone, of an identifier that has none any more."""
    ended = [link.unlinked_at or 0 for link in identity.links]
    return [] if any(link.open for link in identity.links) else [(max(ended, default=0),)]


IDENTITIES: Table[Identity] = Table(
    "identity",
    Identity,
    key=lambda one: (one.provider, one.ifi),
    indexes={
        "person": lambda one: {(link.person, one.provider) for link in one.links},
        "link": lambda one: [(link.id,) for link in one.links],
        "over": _over,
    },
)
LINK_TABLES: tuple[Table[Any], ...] = (IDENTITIES,)
_MOST_IDENTITIES = 1_000  # of one person at one provider; more is no person
_NUMBER_KINDS = frozenset({"nip", "nip-old", "ni-pppk"})


@dataclass(frozen=True, slots=True)
class Names:
    """By what some persons are named: the identities that are, or ever were, linked to each, and the numbers that each asserts."""

    linked: Mapping[str, Sequence[Identity]]
    asserted: Mapping[str, Sequence[Held]]

    def ifis(self, person: str) -> set[str]:
        """Whatever any provider's statements may name the person by."""
        return {one.ifi for one in self.linked.get(person, ())} | {one.ifi for one in self.asserted.get(person, ())}


@dataclass(frozen=True, slots=True)
class LinkRecords:
    """`asn_home_page`: the agreed home page of accounts whose name is a NIP or NI PPPK, whichever LMS sends them; "" for none."""

    records: Records
    asn_home_page: str = ""

    async def holders_of(self, pairs: Sequence[Pair]) -> dict[Pair, tuple[Holder, ...]]:
        """Everybody whom each pair names on some day; pairs that name nobody are left out."""
        keys: list[Parts] = [(provider, ifi) for provider, ifi in pairs]
        identities = {(one.provider, one.ifi): one for one in (await get_all(self.records, IDENTITIES, keys)).values()}
        numbers = await self._asserted(pairs)
        found: dict[Pair, tuple[Holder, ...]] = {}
        for pair in dict.fromkeys(pairs):
            holders = _holders(identities.get(pair), numbers.get(pair[1]))
            if holders:
                found[pair] = holders
        return found

    async def persons_of(self, pairs: Sequence[Pair]) -> dict[Pair, tuple[str, ...]]:
        """As `holders_of`, their ids only. Nearly always one; several where an account passed from one person to the next."""
        return {pair: tuple(dict.fromkeys(one.person for one in holders)) for pair, holders in (await self.holders_of(pairs)).items()}

    async def identifiers_of(self, person: str, provider: str) -> list[Held]:
        """By what the provider's statements name the person, each with its days. Linked ones first, then asserted numbers."""
        return (await self.identifiers_of_many([(person, provider)]))[person, provider]

    async def identifiers_of_many(self, wanted: Sequence[tuple[str, str]], names: Names | None = None) -> dict[tuple[str, str], list[Held]]:
        """As `identifiers_of`, for many (person, provider). `names`: of these persons, when they were read before."""
        pairs = list(dict.fromkeys(wanted))
        numbers = names.asserted if names is not None else await self._numbers_of_many([person for person, _ in pairs])
        if names is not None:
            identities = [[one for one in names.linked.get(person, ()) if one.provider == provider] for person, provider in pairs]
        else:
            identities = await self._linked(list(pairs))
        asked = [(provider, one.ifi) for person, provider in pairs for one in numbers.get(person, ())]
        others = await get_all(self.records, IDENTITIES, list(asked)) if asked else {}
        return {
            pair: _held(pair[0], mine, numbers.get(pair[0], ()), [one for one in others.values() if one.provider == pair[1]])
            for pair, mine in zip(pairs, identities, strict=True)
        }

    async def names_of(self, persons: Sequence[str]) -> Names:
        """By what these are named, at every provider."""
        linked = await self._linked([(person,) for person in persons])
        return Names(dict(zip(persons, linked, strict=True)), await self._numbers_of_many(persons))

    async def _linked(self, prefixes: Sequence[Parts]) -> list[list[Identity]]:
        """The identities of each person, or of each person at a provider."""
        found: list[list[Identity]] = []
        for start in range(0, len(prefixes), MOST_WRITES):
            found += await self.records.scan_many(IDENTITIES, "person", prefixes[start : start + MOST_WRITES], _MOST_IDENTITIES)
        return found

    async def identity(self, provider: str, ifi: str) -> Kept[Identity] | None:
        return await self.records.get(IDENTITIES, provider, ifi)

    async def of_person(self, person: str) -> list[Identity]:
        """Every identity that is, or ever was, linked to the person."""
        return await scan_all(self.records, IDENTITIES, "person", (person,))

    async def with_link(self, link: str) -> Identity | None:
        """The identity that has the link."""
        return next(iter((await self.records.scan(IDENTITIES, "link", (link,), limit=1)).values), None)

    def asserted_ifi(self, number: str) -> str:
        """The identifier of an account on the agreed home page."""
        return account_term(self.asn_home_page, number)

    def asserted_number(self, ifi: str) -> str:
        """The number that the identifier asserts; "" when it asserts none."""
        prefix = account_term(self.asn_home_page, "")
        return ifi[len(prefix) :] if self.asn_home_page and ifi.startswith(prefix) else ""

    async def _asserted(self, pairs: Sequence[Pair]) -> dict[str, Numbered]:
        """By ifi. A number that is held for a look names nobody."""
        wanted = {ifi: number for _, ifi in pairs if (number := self.asserted_number(ifi))}
        if not wanted:
            return {}
        rows = await get_all(self.records, NUMBERS, [("asn", number) for number in dict.fromkeys(wanted.values())])
        known = {row.value: row for row in rows.values() if not row.held}
        return {ifi: known[number] for ifi, number in wanted.items() if number in known}

    async def _numbers_of_many(self, persons: Sequence[str]) -> dict[str, list[Held]]:
        if not self.asn_home_page:
            return {}
        profiles = await get_all(self.records, PROFILES, [(one,) for one in dict.fromkeys(persons)])
        return {
            profile.person: [
                Held(self.asserted_ifi(one.value), "nip-asserted", expired=one.until)
                for one in profile.identifiers
                if one.kind in _NUMBER_KINDS and not one.held
            ]
            for profile in profiles.values()
        }


def _held(person: str, mine: Sequence[Identity], asserted: Sequence[Held], others: Sequence[Identity]) -> list[Held]:
    """`others`: the identities of what is asserted. A link is stronger than an asserted number."""
    linked = [Held(one.ifi, link.level, link.since, link.until) for one in mine for link in one.held() if link.person == person]
    taken = {one.ifi for one in linked} | {one.ifi for one in mine if one.refuses(person)} | {one.ifi for one in others if one.held()}
    return linked + [one for one in asserted if one.ifi not in taken]


def _holders(identity: Identity | None, number: Numbered | None) -> tuple[Holder, ...]:
    held = identity.held() if identity is not None else ()
    if held:
        return tuple(Holder(link.person, link.level, link.since, link.until, link.id) for link in held)
    if number is None or (identity is not None and identity.refuses(number.person)):
        return ()
    return (Holder(number.person, "nip-asserted", expired=number.until),)
