"""What signing in needs of the server around it."""

from __future__ import annotations

from typing import Protocol

from lrs.ports.clients import Secret


class Secrets(Protocol):
    """Hashes secrets and compares them in constant time."""

    def keyed(self, secret: str) -> Secret: ...

    async def matches(self, secret: str, candidates: tuple[Secret, ...], now_us: int) -> bool: ...


class PersonTokens(Protocol):
    """Checks bearer tokens that speak for persons."""

    async def holder(self, token: str) -> str:
        """The claim that says who it is. Raises UnauthorizedError, StoreUnavailableError."""
        ...


class Failures(Protocol):
    """Limits failed sign-ins, address by address; times in seconds of a monotonic clock."""

    def check(self, address: str, now: float) -> None:
        """Raises TooManyRequestsError."""
        ...

    def failed(self, address: str, now: float) -> None: ...
