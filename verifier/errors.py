"""Why a check fails. None of these leaves the package: each becomes a line of the report.

VerifierError
├── UnreadableError     what was presented is no certificate, or a damaged one
└── CheckError          a check did not pass
"""

from __future__ import annotations


class VerifierError(Exception):
    """Root. `reason` is one sentence for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadableError(VerifierError):
    """`damaged`: it has the shape of a certificate and cannot be read as one; otherwise it is something else altogether."""

    def __init__(self, reason: str, *, damaged: bool) -> None:
        super().__init__(reason)
        self.damaged = damaged


class CheckError(VerifierError):
    """A check did not pass."""
