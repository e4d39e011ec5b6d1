"""How a rule says that it is broken: where, which clause, and in words that the sender understands.

Rules run inside the decoding of a Struct. msgspec adds the path of the value to what they raise; `as_statement_error` makes one error of
both.
"""

from __future__ import annotations

import re

import msgspec

from lrs.errors import InvalidStatementError

_PARTS = re.compile(r"^(?P<message>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
_MARK = "\x1f"  # a message that begins with it is one of ours


def broken(member: str, message: str, clause: str) -> ValueError:
    """The error of a rule: `member` is the member that breaks it, "" for the value itself."""
    return ValueError(_MARK.join(("", member, clause, message)))


def as_statement_error(error: msgspec.MsgspecError, prefix: str = "", clause: str = "xAPI-Data 2.2") -> InvalidStatementError:
    """One of msgspec's errors in our words; `prefix` is where the decoded value stands in the statement."""
    found = _PARTS.match(str(error))
    message, path = (found["message"], found["path"] or "$") if found else (str(error), "$")
    member = ""
    if message.startswith(_MARK):
        _, member, clause, message = message.split(_MARK, 3)
    else:
        message = _plain(message)
    where = join(prefix, path.removeprefix("$").removeprefix("."))
    return InvalidStatementError(message, where=join(where, member), clause=clause)


def join(prefix: str, member: str) -> str:
    """`prefix` and `member` as one path: `actor` and `mbox`, `statements` and `[3]`."""
    if not prefix or not member:
        return prefix or member
    return prefix + member if member.startswith("[") else f"{prefix}.{member}"


def _plain(message: str) -> str:
    """msgspec's messages with JSON's words."""
    return message.replace("Object missing", "The object lacks the").replace("Object contains unknown field", "There is no such property:")
