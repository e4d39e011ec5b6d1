"""A row of HR's file as facts about a person. Pure; written for a million of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter

from credentials.checks import check_iri, check_slug
from credentials.errors import PeopleError
from credentials.people.checks import EVER, check_contracts, check_name, check_posting, checked_identifier
from credentials.people.columns import kind_of, position_kind_of, standing_of, zone_of
from credentials.people.numbers import NUMBER_KINDS, NumberKind, as_entered, parse_number, plain_kind
from credentials.people.person import Contract, Identifier, IdentifierKind, Kind, Name, Posting, Status, number_space
from credentials.tabular.cells import day_of

_PPPK = frozenset({"pppk", "pppk-part-time"})


@dataclass(slots=True)
class PersonRow:
    """What a row tells. `keys`: (space, value) of each number that is one person's. `superior`: a number, "" for none.

    `account`: (provider, home page, name), None for none. `dated`: which of status, posting and name have a date of their own.
    `odd`: there is something to warn of.
    """

    keys: tuple[tuple[str, str], ...]

    identifiers: tuple[Identifier, ...]
    name: Name
    status: Status | None
    posting: Posting | None
    contract: Contract | None
    superior: str
    account: tuple[str, str, str] | None
    dated: frozenset[str]
    odd: bool


class RowReader:
    """`places`: where each column stands; `source`: kept with every fact. `agency`: of rows that name none."""

    def __init__(self, places: Mapping[str, int], source: str, agency: str = "") -> None:
        self._source = source
        self._agency = agency
        # A cell that is no column of the file is the last one, which is empty.
        self._take = itemgetter(*(places.get(column, -1) for column in _ALL))
        self._status_of = lru_cache(maxsize=4_096)(self._make_status)
        self._posting_of = lru_cache(maxsize=65_536)(self._make_posting)

    def read(self, cells: Sequence[str]) -> PersonRow:
        """Raises InvalidRequestError with the column; its text repeats no value."""
        (
            nip, ni_pppk, nip_old, siasn, email, name, front, back, named, kind, standing, status, agency, unit, position, position_kind,
            superior, zone, posted, starts, ends, provider, page, account,
        ) = map(str.strip, self._take([*cells, ""]))  # fmt: skip
        identifiers = self._identifiers(nip, ni_pppk, nip_old, siasn, email)
        name_since = day_of(named, "name_since") if named else None
        status_since = day_of(status, "status_since") if status else None
        posting_since = day_of(posted, "posting_since") if posted else None
        told = Name(name_since or EVER, name, front, back, self._source)
        check_name(told)
        state = self._status_of(kind, standing, status_since, identifiers[0].kind)
        posting = self._posting_of(agency, unit, position, position_kind, zone, posting_since)
        return PersonRow(
            (("asn", identifiers[0].value),) if len(identifiers) == 1 and not siasn else _keys(identifiers),
            identifiers,
            told,
            state,
            posting,
            self._contract(starts, ends, posting) if starts or ends else None,
            parse_number(superior, "superior").digits if superior else "",
            self._account(provider, page, account) if account else None,
            _dated(name_since is not None, status_since is not None, posting_since is not None),
            (state is not None and state.kind in _PPPK and not starts) or any(one.held for one in identifiers),
        )

    def _identifiers(self, nip: str, ni_pppk: str, nip_old: str, siasn: str, email: str) -> tuple[Identifier, ...]:
        found = [self._number(text, kind) for text, kind in ((nip, _NIP), (ni_pppk, _PPPK_NUMBER), (nip_old, _OLD)) if text]
        if siasn:
            found.append(checked_identifier(Identifier("siasn", siasn, None, None, self._source)))
        if not found:
            raise PeopleError("a row needs a NIP, a NI PPPK, an old NIP or SIASN's id", where="nip")
        if email:
            found.append(checked_identifier(Identifier("email", email, None, None, self._source)))
        return tuple(found)

    def _number(self, text: str, kind: NumberKind) -> Identifier:
        plain = plain_kind(text)
        if plain is not None and (plain == kind or kind == "nip"):
            return Identifier(plain, text, None, None, self._source)
        number = parse_number(text, _COLUMN_OF[kind])
        if kind == "nip" and number.kind == "ni-pppk":
            kind = "ni-pppk"  # one column for both is how most files are
        if number.kind != kind:
            number = as_entered(number, kind)
        return Identifier(kind, number.digits, None, None, self._source, ",".join(number.warnings) if number.held else "")

    def _make_status(self, kind: str, standing: str, since: date | None, number: IdentifierKind) -> Status | None:
        if kind:
            chosen: Kind = kind_of(kind)
        elif number in NUMBER_KINDS:
            chosen = "pppk" if number == "ni-pppk" else "pns"
        else:
            return None
        return Status(since or EVER, chosen, standing_of(standing), self._source)

    def _make_posting(self, agency: str, unit: str, position: str, kind: str, zone: str, since: date | None) -> Posting | None:
        where = agency or self._agency
        if not where:
            if unit or position:
                raise PeopleError("a unit or position needs the agency's code", where="agency")
            return None
        posting = Posting(since or EVER, where, unit, position, position_kind_of(kind), "", zone_of(zone), self._source)
        check_posting(posting)
        return posting

    def _contract(self, starts: str, ends: str, posting: Posting | None) -> Contract:
        first, last = day_of(starts, "contract_starts"), day_of(ends, "contract_ends")
        if first is None or last is None:
            missing = "contract_starts" if first is None else "contract_ends"
            raise PeopleError("a contract has both its first and its last day", where=missing)
        contract = Contract(first, last, posting.agency if posting else "")
        check_contracts((contract,))
        return contract

    def _account(self, provider: str, page: str, name: str) -> tuple[str, str, str]:
        check_slug(provider, "provider")
        check_iri(page, "account_home_page")
        return provider, page, name


def _keys(identifiers: tuple[Identifier, ...]) -> tuple[tuple[str, str], ...]:
    return tuple([(number_space(one.kind), one.value) for one in identifiers if one.kind != "email"])


def warnings_of(row: PersonRow) -> list[tuple[str, str, str]]:
    """(column, message, fix) of what is odd and goes in all the same."""
    found = []
    if row.status is not None and row.status.kind in _PPPK and row.contract is None:
        fix = "give contract_starts and contract_ends: without them the year of the ceiling is not known"
        found.append(("contract_starts", "a PPPK without the dates of the contract", fix))
    return found


# In the order in which `read` takes them.
_ALL = (
    "nip", "ni_pppk", "nip_old", "siasn_id", "email", "name", "front_title", "back_title", "name_since", "kind", "standing", "status_since",
    "agency", "unit", "position", "position_kind", "superior", "time_zone", "posting_since", "contract_starts", "contract_ends", "provider",
    "account_home_page", "account_name",
)  # fmt: skip
_COLUMN_OF: Mapping[NumberKind, str] = {"nip": "nip", "ni-pppk": "ni_pppk", "nip-old": "nip_old"}
_NIP: NumberKind = "nip"
_PPPK_NUMBER: NumberKind = "ni-pppk"
_OLD: NumberKind = "nip-old"


@lru_cache(maxsize=8)
def _dated(name: bool, status: bool, posting: bool) -> frozenset[str]:
    return frozenset(part for part, given in (("name", name), ("status", status), ("posting", posting)) if given)
