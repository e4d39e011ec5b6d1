"""Status lists: the bits, the credential that carries them, and the entry in a certificate (Bitstring Status List 1.0; docs/formats.md).

Every list has two faces with the same indexes: revocation, which certificates name, and suspension, which the trust list names, since
Open Badges 3.0 allows one entry in a certificate.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from schemas.loader import formats

ENTRIES: int = formats()["status"]["entries"]
MOST_TAKEN = ENTRIES // 2  # then a new list is begun
TTL_MS: int = formats()["status"]["ttl_ms"]
VALID = timedelta(seconds=formats()["status"]["valid_seconds"])
_CONTEXT = "https://www.w3.org/ns/credentials/v2"


class Purpose(StrEnum):
    """What a set bit means."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


def list_address(issuer_url: str, purpose: Purpose, number: int) -> str:
    """Where a list is served, and its id. `issuer_url`: the issuer's address, without a slash."""
    return f"{issuer_url}/status/{purpose}/{number}"


def status_entry(issuer_url: str, number: int, index: int) -> dict[str, Any]:
    """The certificate's `credentialStatus`: its place in the revocation list."""
    address = list_address(issuer_url, Purpose.REVOCATION, number)
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": str(Purpose.REVOCATION),
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def encoded_list(indexes: Iterable[int]) -> str:
    """`u` and the base64url of the gzip of the bits; bit 0 is the leftmost. The same indexes always give the same text."""
    bits = bytearray(ENTRIES // 8)
    for index in indexes:
        bits[index >> 3] |= 0x80 >> (index & 7)
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), 9, mtime=0)).rstrip(b"=").decode("ascii")


def list_credential(issuer: str, address: str, purpose: Purpose, encoded: str, signed: datetime) -> dict[str, Any]:
    """The list without proof. Its short life is what keeps an old list from being shown for ever."""
    return {
        "@context": [_CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": _moment(signed),
        "validUntil": _moment(signed + VALID),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": str(purpose),
            "ttl": TTL_MS,
            "encodedList": encoded,
        },
    }


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
