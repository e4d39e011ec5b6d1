"""Whom the verifier knows: issuers, by their DID, with keys, accreditations, lists and log. Values only; nothing is fetched here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def thumbprint(jwk: Json) -> bytes:
    """The first eight bytes of the thumbprint of a P-256 key (RFC 7638)."""
    told = json.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(told.encode("ascii")).digest()[:8]


@dataclass(frozen=True, slots=True)
class Accreditation:
    """JP may be granted for these kinds of programme (codes of the channel, jalur; None: every kind), since when, until when (None:
    now)."""

    kinds: frozenset[int] | None
    since: datetime
    until: datetime | None = None

    def covers(self, kind: int, learned: datetime) -> bool:
        """Whether learning of that kind at that time may count. `kind` is 0 where it is not told."""
        in_time = self.since <= learned and (self.until is None or learned < self.until)
        return in_time and (self.kinds is None or kind in self.kinds)


EVERYTHING = (Accreditation(None, datetime.min.replace(tzinfo=UTC)),)


@dataclass(frozen=True, slots=True)
class KeyDates:
    """Signatures made within count; since `revoked` the key may be in other hands."""

    since: datetime | None = None
    until: datetime | None = None
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class KnownLog:
    """An issuance log: its name, its verifier key and those of its witnesses (C2SP signed-note `vkey`s), and how many must cosign."""

    origin: str
    key: str
    witnesses: tuple[str, ...] = ()
    quorum: int = 1


@dataclass(frozen=True, slots=True)
class KnownIssuer:
    """One entry of the trust list.

    `name` is what the overseer calls it; `did_document` its keys, past ones too; `keys` their dates, by fragment. `revocations` and
    `suspensions`: addresses of its status lists, with `{list}` for the number; "" for none. `pdf_signers`: SHA-256 (hex) of the
    certificates that sign its PDFs, or of the authorities above them.
    """

    did: str
    name: str
    did_document: Json
    accreditations: tuple[Accreditation, ...] = EVERYTHING
    keys: Mapping[str, KeyDates] = field(default_factory=dict)
    revocations: str = ""
    suspensions: str = ""
    log: KnownLog | None = None
    pdf_signers: frozenset[str] = frozenset()

    @property
    def key_ids(self) -> frozenset[str]:
        """Of its P-256 keys: the first eight bytes of their thumbprints, hexadecimal."""
        methods = self.did_document.get("verificationMethod", [])
        keys = (method.get("publicKeyJwk") for method in methods if isinstance(method, dict))
        return frozenset(thumbprint(jwk).hex() for jwk in keys if isinstance(jwk, dict) and jwk.get("crv") == "P-256")

    def list_address(self, number: int) -> str:
        """Of the revocation list with this number."""
        return self.revocations.replace("{list}", str(number))

    def suspension_of(self, revocation: str) -> str | None:
        """The suspension list beside this revocation list; None where there is none."""
        number = self.list_number(revocation)
        return self.suspensions.replace("{list}", str(number)) if number is not None and self.suspensions else None

    def list_number(self, revocation: str) -> int | None:
        """None for an address that is not one of its revocation lists."""
        before, placed, after = self.revocations.partition("{list}")
        number = revocation.removeprefix(before).removesuffix(after)
        if not (placed and number.isascii() and number.isdecimal() and len(number) < 10):
            return None
        return int(number) if self.list_address(int(number)) == revocation else None
