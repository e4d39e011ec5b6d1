"""What HR is told in the end."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """In the order in which they win: whatever was altered is altered, revoked or not (docs/verifier.md)."""

    ALTERED = "altered"
    UNKNOWN_ISSUER = "unknown-issuer"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    CANNOT_CHECK = "cannot-check"
    VALID = "valid"
