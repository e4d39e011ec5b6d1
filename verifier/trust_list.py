"""The overseer's signed trust list (docs/formats.md, "Trust list"): root keys by threshold, as in TUF; python-tuf reads and checks the
signatures.

A verifier has one root built in, of whatever version. It follows those after it, each by the threshold of the one before and by its own. A
list whose time is over, or whose version is lower than one seen before, is refused: then nothing can be checked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Targets

from verifier.errors import TrustError
from verifier.trust import Accreditation, Json, KeyDates, KnownIssuer, KnownLog

FORMAT = "jejak-trust/1"
LONGEST = 16 * 1024 * 1024  # bytes: some thousands of issuers
MOST_ROOTS = 256


@dataclass(frozen=True, slots=True)
class TrustList:
    """What the overseer says. `hosts` and `former_hosts`: those of verifiers. `root`: the version of the last root."""

    version: int
    expires: datetime
    issuers: Mapping[str, KnownIssuer]
    hosts: frozenset[str]
    former_hosts: frozenset[str]
    root: int

    def usable(self, now: datetime) -> bool:
        """Whether its time is not over."""
        return now < self.expires


def read_trust_list(content: bytes, root: bytes, now: datetime, *, least_version: int = 1) -> TrustList:
    """`root`: the root metadata that is built in. An expired list is read (`TrustList.usable`); an expired root is refused. Raises
    TrustError."""
    if len(content) > LONGEST:
        raise TrustError("the trust list is too long")
    try:
        whole = json.loads(content)
        if whole.get("format") != FORMAT:
            raise TrustError("this is no trust list of this version")
        last = _last_root(whole["roots"], root, now)
        told = Metadata[Targets].from_dict(whole["list"])
        last.signed.verify_delegate("targets", told.signed_bytes, told.signatures)
        if told.signed.version < least_version:
            raise TrustError(
                "the trust list is older ({version}) than one seen before ({seen})", version=told.signed.version, seen=least_version
            )
        return _list(told.signed, last.signed.version)
    except RepositoryError as error:
        raise TrustError("the trust list is not signed by enough of the overseer's keys") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TrustError("the trust list cannot be read") from error


def first_root(content: bytes) -> bytes:
    """The first root that a trust list itself holds: for who has nothing but the list, and takes it on trust. Raises TrustError."""
    try:
        return json.dumps(json.loads(content)["roots"][0]).encode()
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise TrustError("the trust list cannot be read") from error


def _last_root(roots: list[Json], built_in: bytes, now: datetime) -> Metadata[Root]:
    """TUF 1.0 §5.3."""
    if len(roots) > MOST_ROOTS:
        raise TrustError("the trust list is too long")
    last: Metadata[Root] = Metadata[Root].from_bytes(built_in)
    last.signed.verify_delegate("root", last.signed_bytes, last.signatures)
    for one in roots:
        following: Metadata[Root] = Metadata[Root].from_dict(one)
        if following.signed.version <= last.signed.version:
            continue
        if following.signed.version != last.signed.version + 1:
            raise TrustError("the trust list leaves out a root")
        last.signed.verify_delegate("root", following.signed_bytes, following.signatures)
        following.signed.verify_delegate("root", following.signed_bytes, following.signatures)
        last = following
    if last.signed.is_expired(now):
        raise TrustError("the overseer's root keys have expired")
    return last


def _list(targets: Targets, root: int) -> TrustList:
    told: Json = targets.unrecognized_fields["trust"]
    logs = {one["origin"]: _log(one) for one in told.get("logs", [])}
    issuers = [_issuer(one, logs) for one in told["issuers"]]
    hosts = told.get("hosts", {})
    return TrustList(
        version=targets.version,
        expires=targets.expires.replace(tzinfo=UTC) if targets.expires.tzinfo is None else targets.expires,
        issuers={issuer.did: issuer for issuer in issuers},
        hosts=frozenset(hosts.get("current", [])),
        former_hosts=frozenset(hosts.get("former", [])),
        root=root,
    )


def _issuer(told: Json, logs: dict[str, KnownLog]) -> KnownIssuer:
    status = told.get("status", {})
    return KnownIssuer(
        did=told["id"],
        name=told["name"],
        did_document=told["document"],
        accreditations=tuple(_grant(one) for one in told["grants"]),
        keys={
            fragment: KeyDates(_time(one.get("from")), _time(one.get("until")), _time(one.get("revoked")))
            for fragment, one in told["keys"].items()
        },
        revocations=status.get("revocation", ""),
        suspensions=status.get("suspension", ""),
        log=logs[told["log"]] if told.get("log") else None,
        pdf_signers=frozenset(told.get("pdf", [])),
    )


def _grant(told: Json) -> Accreditation:
    since = _time(told["from"])
    assert since is not None  # a grant without its beginning is refused by the line above
    return Accreditation(frozenset(told["kinds"]), since, _time(told.get("until")))


def _log(told: Json) -> KnownLog:
    return KnownLog(told["origin"], told["key"], tuple(told.get("witnesses", [])), told.get("quorum", 1))


def _time(value: Any) -> datetime | None:
    return None if value is None else datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
