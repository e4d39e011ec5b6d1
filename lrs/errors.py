"""Every error that the Learning Record Store raises on purpose, by who must act.

Nothing of HTTP stands here: `lrs.web.errors` is the one table from these classes to statuses.

LrsError
├── SenderError                     whoever sent the request must change it
│   ├── InvalidRequestError         a value, header or parameter breaks a rule
│   │   └── InvalidStatementError   a statement breaks a rule
│   ├── UnauthorizedError           no credentials, or wrong ones
│   ├── ForbiddenError              right credentials without the scope
│   ├── NotFoundError
│   ├── MethodNotAllowedError
│   ├── ConflictError               another value has that key already
│   ├── PreconditionFailedError     the expected etag is not the present one
│   ├── TooLargeError
│   ├── UnsupportedMediaTypeError
│   └── TooManyRequestsError
└── OperatorError                   whoever runs the server must act
    ├── StoreUnavailableError       for now: disk full, database locked away
    │   └── StoreClosedError        takes no writes: it is being moved to another store
    ├── ServiceUnavailableError     for now: another service that is needed for the answer
    ├── StoreVersionError           the file is of a newer (or foreign) schema
    └── ConfigurationError          a setting makes no sense
Anything else that escapes is our own mistake: a bug, logged as such.
"""

from __future__ import annotations


class LrsError(Exception):
    """Root of all of them. `message` is one sentence for a person; it never holds a secret or a NIP."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SenderError(LrsError):
    """The sender must change something.

    `where` is a path into what was sent (`statements[3].actor.mbox`, `parameter since`), "" when it is all of it;
    `clause` is the rule's place in the specification ("xAPI-Data 2.4.2.3"), "" when the rule is ours.
    """

    def __init__(self, message: str, *, where: str = "", clause: str = "") -> None:
        super().__init__(message)
        self.where = where
        self.clause = clause


class InvalidRequestError(SenderError):
    """A value, header or parameter breaks a rule."""


class InvalidStatementError(InvalidRequestError):
    """A statement breaks a rule of its specification, or of strict JSON."""

    def within(self, prefix: str) -> InvalidStatementError:
        """The same error with its path seen from a larger document: `actor.mbox` within `statements[3]`."""
        where = f"{prefix}.{self.where}" if self.where and not self.where.startswith("[") else prefix + self.where
        return InvalidStatementError(self.message, where=where, clause=self.clause)


class UnauthorizedError(SenderError):
    """No credentials, or wrong ones. Never tells which half was wrong. `schemes`: what would be taken, in the words of RFC 9110 11.6.1."""

    schemes: tuple[str, ...] = ("Basic",)
    bad_token = False


class ForbiddenError(SenderError):
    """Right credentials that lack the scope; `scope` names what is missing."""

    def __init__(self, message: str, *, scope: str = "", where: str = "", clause: str = "") -> None:
        super().__init__(message, where=where, clause=clause)
        self.scope = scope


class NotFoundError(SenderError):
    """Nothing with that id, or nothing that the caller may see."""


class MethodNotAllowedError(SenderError):
    """The resource exists and does not do this; `allowed` lists what it does."""

    def __init__(self, message: str, *, allowed: tuple[str, ...], where: str = "", clause: str = "") -> None:
        super().__init__(message, where=where, clause=clause)
        self.allowed = allowed


class ConflictError(SenderError):
    """The key is taken by another value; nothing was stored."""


class PreconditionFailedError(SenderError):
    """If-Match or If-None-Match does not hold; nothing was changed."""


class TooLargeError(SenderError):
    """More than a limit allows; the message names the limit and its setting."""


class UnsupportedMediaTypeError(SenderError):
    """A content type that the resource does not read."""


class TooManyRequestsError(SenderError):
    """Over the rate limit; `retry_after` in whole seconds, at least 1."""

    def __init__(self, message: str, *, retry_after: int, where: str = "", clause: str = "") -> None:
        super().__init__(message, where=where, clause=clause)
        self.retry_after = retry_after


class OperatorError(LrsError):
    """Whoever runs the server must act."""


class StoreUnavailableError(OperatorError):
    """The store cannot write or read for now; nothing of the request was stored. `retry_after` in seconds."""

    def __init__(self, message: str, *, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StoreClosedError(StoreUnavailableError):
    """The store was closed to writes, for a move to another one. What is read is right all the same."""


class ServiceUnavailableError(OperatorError):
    """Another service, which is needed for the answer, does not do its part for now. `retry_after` in seconds."""

    def __init__(self, message: str, *, retry_after: int = 30) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StoreVersionError(OperatorError):
    """The store was made by a newer version, or is not ours."""


class ConfigurationError(OperatorError):
    """A setting makes no sense; the message names the variable."""
