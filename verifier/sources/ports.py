"""What the checks ask for. Synchronous: checks run in a thread, or in a process of their own that asks its parent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from verifier.errors import UnavailableError
from verifier.trust import KnownIssuer

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A text, and when it was what its host served."""

    text: str
    at: datetime


class Sources(Protocol):
    """Each raises UnavailableError when it cannot be told; None means that it is known not to be there."""

    def issuer(self, did: str) -> KnownIssuer | None:
        """The issuer's entry in the trust list."""
        ...

    def issuer_of_key(self, key: str) -> KnownIssuer | None:
        """The issuer on the trust list whose P-256 key this is: the first eight bytes of its thumbprint (RFC 7638), hexadecimal."""
        ...

    def is_verifier(self, link: str) -> bool:
        """Whether a link leads to a verifier of the trust list, or to this one."""
        ...

    def did_document(self, did: str) -> Json:
        """The DID document of an issuer that is not on the list (did:web, did:key, did:jwk)."""
        ...

    def status_list(self, url: str) -> Fetched:
        """A status list credential, as JSON or as a token."""
        ...

    def context(self, url: str) -> Json:
        """A JSON-LD context that is not pinned."""
        ...

    def certificate(self, link: str) -> str | None:
        """The certificate that a verifier link (`https://HOST/v/ID`) leads to, as a token."""
        ...

    def log_proof(self, certificate: str) -> str | None:
        """The proof (C2SP tlog-proof) that the certificate with this id is in its issuer's log."""
        ...


@dataclass(frozen=True, slots=True)
class FixedSources:
    """What is known beforehand, and nothing else: for tests, and for a verifier without a network."""

    issuers: Mapping[str, KnownIssuer] = field(default_factory=dict)
    did_documents: Mapping[str, Json] = field(default_factory=dict)
    status_lists: Mapping[str, Fetched] = field(default_factory=dict)
    contexts: Mapping[str, Json] = field(default_factory=dict)
    certificates: Mapping[str, str] = field(default_factory=dict)
    log_proofs: Mapping[str, str] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()

    def issuer(self, did: str) -> KnownIssuer | None:
        return self.issuers.get(did)

    def issuer_of_key(self, key: str) -> KnownIssuer | None:
        return next((issuer for issuer in self.issuers.values() if key in issuer.key_ids), None)

    def is_verifier(self, link: str) -> bool:
        return urlsplit(link).netloc in self.hosts

    def did_document(self, did: str) -> Json:
        return _known(self.did_documents, did)

    def status_list(self, url: str) -> Fetched:
        return _known(self.status_lists, url)

    def context(self, url: str) -> Json:
        return _known(self.contexts, url)

    def certificate(self, link: str) -> str | None:
        return self.certificates.get(link)

    def log_proof(self, certificate: str) -> str | None:
        return self.log_proofs.get(certificate)


def _known(known: Mapping[str, T], name: str) -> T:
    if name not in known:
        raise UnavailableError("{name} is not known here, and nothing is fetched", name=name)
    return known[name]
