"""An overseer with three root keys, and trust lists that two of them sign: by python-tuf and securesystemslib, not by the product."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root, Targets

from tests.support.certificates import DID, did_json
from tests.support.verifying import ISSUER_URL, LOG, NOW

Json = dict[str, Any]
_ROLES = ("root", "targets", "snapshot", "timestamp")


@cache
def signer(number: int) -> CryptoSigner:
    """A root key."""
    return CryptoSigner(ec.derive_private_key(1_000 + number, ec.SECP256R1()))


def entry(**changes: Any) -> Json:
    """The issuer's entry (docs/formats.md, "Trust list")."""
    told = {
        "id": DID,
        "name": "Balai Contoh (daftar)",
        "document": did_json(),
        "keys": {"p256-1": {"from": "2026-01-01T00:00:00Z"}, "ed25519-1": {"from": "2026-01-01T00:00:00Z"}},
        "status": {"revocation": f"{ISSUER_URL}/status/revocation/{{list}}", "suspension": f"{ISSUER_URL}/status/suspension/{{list}}"},
        "log": LOG.origin,
        "grants": [{"kinds": [7], "from": "2025-01-01T00:00:00Z"}],
    }
    return told | changes


@dataclass(slots=True)
class Overseer:
    """`threshold` of the keys must sign."""

    keys: tuple[int, ...] = (1, 2, 3)
    threshold: int = 2
    roots: list[Json] = field(default_factory=list)

    def root(self, version: int = 1, signed_by: tuple[int, ...] | None = None, expires: datetime = NOW + timedelta(days=3_650)) -> Json:
        """A root, of these keys; also kept for the lists that follow."""
        made = Root(version=version, expires=expires.replace(tzinfo=UTC), consistent_snapshot=True)
        for role in _ROLES:
            made.roles[role].threshold = self.threshold
            for number in self.keys:
                made.add_key(signer(number).public_key, role)
        told = self._signed(made, signed_by or self.keys[: self.threshold])
        self.roots.append(told)
        return told

    def trust_list(
        self,
        version: int = 1,
        signed_by: tuple[int, ...] | None = None,
        expires: datetime = NOW + timedelta(days=90),
        **trust: Any,
    ) -> bytes:
        """The whole file."""
        if not self.roots:
            self.root()
        witnessed = {
            "origin": LOG.origin,
            "key": LOG.key,
            "address": "https://jejak.test/log",
            "witnesses": list(LOG.witnesses),
            "quorum": 1,
        }
        told = {"issuers": [entry()], "logs": [witnessed], "hosts": {"current": ["jejak.test"], "former": ["lama.jejak.test"]}} | trust
        targets = Targets(version=version, expires=expires, unrecognized_fields={"trust": told})
        signed = self._signed(targets, signed_by or self.keys[: self.threshold])
        return json.dumps({"format": "jejak-trust/1", "roots": self.roots, "list": signed}).encode()

    @staticmethod
    def _signed(what: Root | Targets, keys: tuple[int, ...]) -> Json:
        metadata: Metadata[Any] = Metadata(what)
        for number in keys:
            metadata.sign(signer(number), append=True)
        told: Json = metadata.to_dict()
        return told
