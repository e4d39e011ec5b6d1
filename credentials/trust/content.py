"""What the list says, as values: issuers, logs, hosts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from credentials.errors import TrustDraftError
from credentials.keys.did import did_document, moment
from credentials.keys.key import IssuerKey

Json = dict[str, Any]
_LAST_KIND = 25
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Grant:
    """For which kinds of programme (codes of the channel) JP may be granted; `starts` included, `ends` not, None for no end."""

    kinds: tuple[int, ...]
    starts: datetime
    ends: datetime | None = None


def issuer_entry(did: str, name: str, url: str, keys: list[IssuerKey], grants: Sequence[Grant], log: str, pdf: Sequence[str] = ()) -> Json:
    """An issuer of this server. `url`: its address; `log`: the log's origin, "" for none. Raises TrustDraftError."""
    if not keys:
        raise TrustDraftError(f"{did} has no keys yet; they are made when it first issues")
    told: Json = {
        "id": did,
        "name": name,
        "document": did_document(did, keys),
        "keys": {key.method: _dates(key) for key in keys},
        "status": {purpose: f"{url}/status/{purpose}/{{list}}" for purpose in ("revocation", "suspension")},
        "grants": [_grant(one) for one in grants],
    }
    return told | {member: value for member, value in (("log", log), ("pdf", list(pdf))) if value}


def log_entry(origin: str, key: str, address: str, witnesses: Sequence[str], quorum: int) -> Json:
    """A log, with the witnesses whose cosignatures count."""
    return {"origin": origin, "key": key, "address": address, "witnesses": list(witnesses), "quorum": quorum}


def with_issuer(trust: Json, entry: Json) -> Json:
    """The entry takes the place of the issuer's earlier one."""
    others = [one for one in trust["issuers"] if one["id"] != entry["id"]]
    return trust | {"issuers": sorted([*others, entry], key=lambda one: one["id"])}


def without_issuer(trust: Json, did: str) -> Json:
    """Raises TrustDraftError when it is not there. An issuer whose certificates still count is ended by its grants, not taken out."""
    left = [one for one in trust["issuers"] if one["id"] != did]
    if len(left) == len(trust["issuers"]):
        raise TrustDraftError(f"{did} is not on the list")
    return trust | {"issuers": left}


def with_log(trust: Json, entry: Json) -> Json:
    """The entry takes the place of the log's earlier one."""
    return trust | {"logs": [*(one for one in trust["logs"] if one["origin"] != entry["origin"]), entry]}


def with_hosts(trust: Json, current: Iterable[str], former: Iterable[str]) -> Json:
    """The hosts of verifiers. Raises TrustDraftError."""
    now, then = sorted(set(current)), sorted(set(former))
    if wrong := [host for host in (*now, *then) if _HOST.fullmatch(host) is None]:
        raise TrustDraftError(f"a host has no scheme, no path and small letters: {wrong[0]}")
    return trust | {"hosts": {"current": now, "former": then}}


def empty_trust() -> Json:
    """Nobody is trusted yet."""
    return {"issuers": [], "logs": [], "hosts": {"current": [], "former": []}}


def _dates(key: IssuerKey) -> Json:
    dated = (("from", key.created), ("until", key.expires), ("revoked", key.revoked))
    return {name: moment(at) for name, at in dated if at}


def _grant(one: Grant) -> Json:
    if not one.kinds or not all(0 <= kind <= _LAST_KIND for kind in one.kinds):
        raise TrustDraftError(f"kinds are codes of channels, 0 to {_LAST_KIND}")
    if one.ends is not None and one.ends <= one.starts:
        raise TrustDraftError("a grant cannot end before it starts")
    told: Json = {"kinds": sorted(set(one.kinds)), "from": _time(one.starts)}
    return told | ({"until": _time(one.ends)} if one.ends else {})


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
