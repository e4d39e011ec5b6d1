"""The tables of issuing: places in status lists, reservations, what waits to be signed, certificates, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.certificate.issued import Certificate
from credentials.certificate.reservation import Reservation
from credentials.ports.records import Table


@dataclass(frozen=True, slots=True)
class StatusList:
    """One of an issuer's lists, from 1. `opened` in microseconds."""

    provider: str
    number: int
    opened: int


@dataclass(frozen=True, slots=True)
class PlaceTaken:
    """A place that belongs to a certificate, and what its bits say: since when (microseconds) it is revoked, or suspended; 0 for not."""

    provider: str
    list: int
    index: int
    certificate: str
    revoked: int = 0
    suspended: int = 0


@dataclass(frozen=True, slots=True)
class Pending:
    """A reservation that waits to be signed; `reserved` puts them in order."""

    reserved: int
    certificate: str


@dataclass(frozen=True, slots=True)
class ListDue:
    """A list whose bits changed at `since`: it is to be signed anew at once."""

    provider: str
    list: int
    purpose: str
    since: int


@dataclass(frozen=True, slots=True)
class SignedList:
    """A status list as it is served. `signed`: when, in microseconds; `methods`: fragments of the keys that signed it."""

    provider: str
    list: int
    purpose: str
    document: bytes
    token: str
    signed: int
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CertificateEvent:
    """What became of a certificate. `what`: issued, revoked, suspended, reinstated. `by`: an administrator's name, or "" for the rules.
    `reason` holds no name and no NIP.
    """

    certificate: str
    at: int
    what: str
    reason: str
    by: str


STATUS_LISTS: Table[StatusList] = Table("status_list", StatusList, key=lambda one: (one.provider, one.number))
PLACES: Table[PlaceTaken] = Table(
    "status_place",
    PlaceTaken,
    key=lambda one: (one.provider, one.list, one.index),
    indexes={
        "revoked": lambda one: [(one.provider, one.list, one.index)] if one.revoked else [],
        "suspended": lambda one: [(one.provider, one.list, one.index)] if one.suspended else [],
    },
)
RESERVATIONS: Table[Reservation] = Table(
    "reservation",
    Reservation,
    key=lambda one: (one.id,),
    indexes={
        "holder": lambda one: [(one.draft.batch, one.draft.person, one.draft.number)],
        "person": lambda one: [(one.draft.person, one.reserved)],
        "provider": lambda one: [(one.draft.provider, one.reserved)],
        "provider_number": lambda one: [(one.draft.provider, one.draft.provider_number)] if one.draft.provider_number else [],
    },
)
PENDING: Table[Pending] = Table("certificate_pending", Pending, key=lambda one: (one.reserved, one.certificate))
LISTS_DUE: Table[ListDue] = Table("status_list_due", ListDue, key=lambda one: (one.provider, one.list, one.purpose))
SIGNED_LISTS: Table[SignedList] = Table(
    "status_list_signed",
    SignedList,
    key=lambda one: (one.provider, one.purpose, one.list),
    indexes={"signed": lambda one: [(one.signed,)]},
)
CERTIFICATES: Table[Certificate] = Table(
    "certificate",
    Certificate,
    key=lambda one: (one.id,),
    indexes={
        "batch": lambda one: [(one.batch, one.id)],
        "person": lambda one: [(one.person, one.issued)],
        "provider": lambda one: [(one.provider, one.issued)],
        "method": lambda one: [(one.provider, method, one.issued) for method in one.methods],
    },
)
EVENTS: Table[CertificateEvent] = Table("certificate_event", CertificateEvent, key=lambda one: (one.certificate, one.at, one.what))

ISSUING_TABLES = (STATUS_LISTS, PLACES, RESERVATIONS, PENDING, LISTS_DUE, SIGNED_LISTS, CERTIFICATES, EVENTS)
