"""Check 5: neither revoked nor suspended (Bitstring Status List 1.0 §3.2).

A list counts only when the certificate's own issuer signed it, when it is the one that was asked for (its id is its address), is in its
time, and is long enough. The suspension list has the same indexes; its address stands in the trust list, since Open Badges 3.0 allows one
entry only.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from verifier.checks.consistent import read_moment
from verifier.checks.content import CLOCKS_APART
from verifier.errors import CheckError
from verifier.readers.presented import Json
from verifier.verdict import Verdict

LEAST_ENTRIES = 131_072  # Bitstring Status List 1.0 §6.1
MOST_BYTES = 2 * 1024 * 1024  # of a list, unpacked: 16 million entries; what unpacks to more is a bomb
_REVOCATION, _SUSPENSION = "revocation", "suspension"
_IGNORED = ("message", "refresh")


@dataclass(frozen=True, slots=True)
class Entry:
    """One bit to look at."""

    url: str
    index: int
    purpose: str


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list whose signature has been checked. `at`: when its host served it."""

    document: Json
    at: datetime


def entries(document: Json) -> list[Entry]:
    """What the certificate names. Raises CheckError."""
    status = document.get("credentialStatus", [])
    found = [_entry(one) for one in (status if isinstance(status, list) else [status])]
    return [one for one in found if one.purpose not in _IGNORED]


def _entry(status: Any) -> Entry:
    if not isinstance(status, dict) or status.get("type") != "BitstringStatusListEntry":
        kind = status.get("type") if isinstance(status, dict) else status
        raise CheckError("its status is told in a way that this verifier does not know: {kind}", kind=kind)
    url, index, purpose = status.get("statusListCredential"), status.get("statusListIndex"), status.get("statusPurpose")
    if isinstance(index, int) and not isinstance(index, bool):
        index = str(index)
    if not isinstance(url, str) or not isinstance(index, str) or not index.isdecimal() or not index.isascii() or len(index) > 12:
        raise CheckError("it does not say where its status stands")
    if purpose not in (_REVOCATION, _SUSPENSION, *_IGNORED):
        raise CheckError("its status is told in a way that this verifier does not know: {kind}", kind=purpose)
    return Entry(url, int(index), purpose)


def with_suspension(found: list[Entry], suspensions: Callable[[str], str | None]) -> list[Entry]:
    """The certificate's entries, and for each revocation list the suspension list beside it."""
    beside = [Entry(url, one.index, _SUSPENSION) for one in found if one.purpose == _REVOCATION and (url := suspensions(one.url))]
    return [*found, *(one for one in beside if one not in found)]


def check_entry(entry: Entry, status_list: StatusList, issuer: str, now: datetime) -> None:
    """The bit is not set. Raises CheckError (REVOKED, SUSPENDED, or why it cannot be told)."""
    document = status_list.document
    subject = document.get("credentialSubject")
    if document.get("id") != entry.url:
        raise CheckError("the status list at {url} is another one", url=entry.url)
    owner = document.get("issuer")
    if (owner.get("id") if isinstance(owner, dict) else owner) != issuer:
        raise CheckError("the status list is not the issuer's")
    if not isinstance(subject, dict) or subject.get("type") != "BitstringStatusList" or subject.get("statusPurpose") != entry.purpose:
        raise CheckError("the status list is of another kind than the certificate says")
    _check_time(document, now)
    if _bit(_unpacked(subject.get("encodedList")), entry.index):
        if entry.purpose == _REVOCATION:
            raise CheckError("the issuer has revoked it", Verdict.REVOKED)
        raise CheckError("the issuer has suspended it", Verdict.SUSPENDED)


def _check_time(document: Json, now: datetime) -> None:
    since, until = document.get("validFrom"), document.get("validUntil")
    if since is not None and read_moment(since) > now + CLOCKS_APART:
        raise CheckError("the status list is from the future")
    if until is not None and read_moment(until) < now - CLOCKS_APART:
        raise CheckError("the status list is too old: it held until {until:moment}", until=read_moment(until).isoformat())


def _unpacked(encoded: Any) -> bytes:
    """STATUS_LIST_LENGTH_ERROR and the like (§3.5)."""
    if isinstance(encoded, list) and len(encoded) == 1:
        encoded = encoded[0]
    if not isinstance(encoded, str) or not encoded.startswith("u"):
        raise CheckError("the status list is not readable")
    try:
        packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-(len(encoded) - 1) % 4))
        unpacking = zlib.decompressobj(wbits=31)
        bits = unpacking.decompress(packed, MOST_BYTES + 1)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise CheckError("the status list is not readable") from error
    if len(bits) > MOST_BYTES or not unpacking.eof:
        raise CheckError("the status list is longer than any may be, or cut off")
    if len(bits) * 8 < LEAST_ENTRIES:
        raise CheckError("the status list is shorter than {entries} entries", entries=LEAST_ENTRIES)
    return bits


def _bit(bits: bytes, index: int) -> bool:
    if index >= len(bits) * 8:
        raise CheckError("its place is not in the status list")
    return bool(bits[index // 8] >> (7 - index % 8) & 1)
