"""The trust list counts only when enough of the overseer's keys have signed it, in its time, and never an older one after a newer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from credentials.suites.vc_jwt import sign_token
from tests.support.certificates import DID, P256_SIGNER
from tests.support.trust import Overseer, entry
from tests.support.verifying import LOG, NOW, document, sources
from verifier.errors import TrustError
from verifier.sources.ports import FixedSources
from verifier.trust_list import read_trust_list
from verifier.verdict import Verdict
from verifier.verification import verify_text


def _built_in(overseer: Overseer) -> bytes:
    return json.dumps(overseer.roots[0]).encode()


def test_a_list_tells_issuers_keys_grants_lists_log_and_hosts() -> None:
    overseer = Overseer()
    content = overseer.trust_list(7)
    found = read_trust_list(content, _built_in(overseer), NOW)
    assert (found.version, found.root, found.usable(NOW), found.usable(NOW + timedelta(days=91))) == (7, 1, True, False)
    assert (set(found.hosts), set(found.former_hosts)) == ({"jejak.test"}, {"lama.jejak.test"})
    issuer = found.issuers[DID]
    assert (issuer.name, issuer.log) == ("Balai Contoh (daftar)", LOG)
    assert issuer.keys["p256-1"].since == datetime(2026, 1, 1, tzinfo=UTC)
    assert issuer.suspension_of(issuer.list_address(12)) == "https://jejak.test/issuers/balai/status/suspension/12"
    assert issuer.accreditations[0].covers(7, NOW)
    assert not issuer.accreditations[0].covers(8, NOW)


def test_a_certificate_is_valid_by_the_list_and_is_not_when_its_kind_is_not_granted() -> None:
    made = document()
    for grants, verdict in (([{"kinds": [7], "from": "2025-01-01T00:00:00Z"}], Verdict.VALID), ([], Verdict.UNKNOWN_ISSUER)):
        overseer = Overseer()
        content = overseer.trust_list(issuers=[entry(grants=grants)])
        known: FixedSources = sources(made, issuers=read_trust_list(content, _built_in(overseer), NOW).issuers)
        assert verify_text(sign_token(made, P256_SIGNER), known, NOW).verdict is verdict


def _fewer() -> tuple[bytes, bytes]:
    overseer = Overseer()
    return overseer.trust_list(signed_by=(1,)), _built_in(overseer)


def _twice_the_same() -> tuple[bytes, bytes]:
    overseer = Overseer()
    told = json.loads(overseer.trust_list(signed_by=(1,)))
    told["list"]["signatures"] *= 2
    return json.dumps(told).encode(), _built_in(overseer)


def _strangers() -> tuple[bytes, bytes]:
    return Overseer(keys=(7, 8, 9)).trust_list(), _built_in(_with_list(Overseer()))


def _with_list(overseer: Overseer) -> Overseer:
    overseer.trust_list()
    return overseer


def _changed() -> tuple[bytes, bytes]:
    overseer = Overseer()
    return overseer.trust_list().replace(b"Balai Contoh", b"Balai Palsu!"), _built_in(overseer)


def _own_root_first() -> tuple[bytes, bytes]:
    """A forger's file begins with a root of the forger's own."""
    forger = Overseer(keys=(7, 8, 9))
    forger.root(2)
    return forger.trust_list(), _built_in(_with_list(Overseer()))


def _root_left_out() -> tuple[bytes, bytes]:
    overseer = Overseer()
    overseer.root(1)
    built_in = _built_in(overseer)
    overseer.roots = []
    overseer.root(3)
    return overseer.trust_list(), built_in


def _expired_root() -> tuple[bytes, bytes]:
    overseer = Overseer()
    overseer.root(expires=NOW - timedelta(days=1))
    return overseer.trust_list(), _built_in(overseer)


def _no_list() -> tuple[bytes, bytes]:
    return b"{}", _built_in(_with_list(Overseer()))


def _noise() -> tuple[bytes, bytes]:
    return b"\xff" * 100, _built_in(_with_list(Overseer()))


@pytest.mark.parametrize(
    "made", [_fewer, _twice_the_same, _strangers, _changed, _own_root_first, _root_left_out, _expired_root, _no_list, _noise]
)
def test_a_list_that_the_threshold_of_the_overseers_keys_did_not_sign_is_refused(made: Callable[[], tuple[bytes, bytes]]) -> None:
    content, root = made()
    with pytest.raises(TrustError):
        read_trust_list(content, root, NOW)


def test_an_older_list_than_one_seen_before_is_refused() -> None:
    overseer = Overseer()
    content = overseer.trust_list(4)
    assert read_trust_list(content, _built_in(overseer), NOW, least_version=4).version == 4
    with pytest.raises(TrustError, match="older"):
        read_trust_list(content, _built_in(overseer), NOW, least_version=5)


def test_new_root_keys_count_when_the_threshold_of_the_old_ones_has_signed_them() -> None:
    overseer = Overseer()
    overseer.root(1)
    built_in = _built_in(overseer)
    overseer.keys = (3, 4, 5)
    overseer.root(2, signed_by=(1, 4, 5))  # one old key is too few
    with pytest.raises(TrustError):
        read_trust_list(overseer.trust_list(), built_in, NOW)
    overseer.roots.pop()
    overseer.root(2, signed_by=(1, 2, 4, 5))
    found = read_trust_list(overseer.trust_list(), built_in, NOW)
    assert found.root == 2
    with pytest.raises(TrustError):
        read_trust_list(overseer.trust_list(signed_by=(1, 2)), built_in, NOW)
