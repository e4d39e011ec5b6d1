"""Why a check fails, and what the verifier refuses to do.

VerifierError
├── CheckError           a check did not pass; becomes a line of the report
│   └── UnreadableError  what was presented is no certificate, or a damaged one
├── UnavailableError     what a check needs could not be had (a status list, a DID document, the trust list)
├── RefusedError         an upload or a request that is refused before anything is checked (the sender's to mend)
├── BusyError            too many at once; come back later
└── TrustError           the trust list, or what starts trust in it, cannot be used (the operator's to mend)
"""

from __future__ import annotations

import re

from verifier.messages import Message, message
from verifier.verdict import Verdict

_PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")


class VerifierError(Exception):
    """Root. `reason` is one sentence for a person."""

    def __init__(self, text: str, **values: object) -> None:
        self.reason: Message = message(text, **values)
        super().__init__(text)

    def __str__(self) -> str:
        return _PLACE.sub(lambda place: self.reason.values.get(place[1], place[0]), self.reason.text)


class CheckError(VerifierError):
    """`verdict` is what the failure means; None: what a failure of that check usually means (`report.FAILURES`)."""

    def __init__(self, text: str, verdict: Verdict | None = None, **values: object) -> None:
        super().__init__(text, **values)
        self.verdict = verdict


class UnreadableError(CheckError):
    """`damaged`: it has the shape of a certificate and cannot be read as one; otherwise it is something else altogether."""

    def __init__(self, text: str, *, damaged: bool, **values: object) -> None:
        super().__init__(text, Verdict.ALTERED if damaged else Verdict.CANNOT_CHECK, **values)
        self.damaged = damaged


class UnavailableError(VerifierError):
    """A check that needs this is failed, and the verdict is at best "cannot be checked"."""


class RefusedError(VerifierError):
    """`status`: the HTTP status that says so."""

    def __init__(self, text: str, status: int = 400, **values: object) -> None:
        super().__init__(text, **values)
        self.status = status


class BusyError(VerifierError):
    """`retry`: seconds until one may come back."""

    def __init__(self, text: str, retry: int) -> None:
        super().__init__(text, seconds=retry)
        self.retry = retry


class TrustError(VerifierError):
    """The trust list is refused: not signed by enough keys, of a lower version, or not readable."""
