"""The operator's side of signed statements: which certificates trust comes from."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from lrs.errors import ConfigurationError
from lrs.services.signatures import load_anchors
from tests.support.signing import Authority


def test_anchors_are_read_from_a_pem_file_of_several() -> None:
    roots = [Authority.root(name, datetime.now(UTC)).certificate for name in ("Akar", "Lain")]
    assert load_anchors(b"".join(root.public_bytes(Encoding.PEM) for root in roots)) == tuple(roots)


@pytest.mark.parametrize("pem", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_without_a_certificate_is_a_mistake_in_the_settings(pem: bytes) -> None:
    with pytest.raises(ConfigurationError):
        load_anchors(pem)
