"""Users: persons who sign in with a secret of their own, also those who are no civil servants (a coach from business, say)."""

from __future__ import annotations

from dataclasses import dataclass, field

from lrs.ports.clients import Secret

KEY_PREFIX = "ju_"


@dataclass(frozen=True, slots=True)
class User:
    """`id`: of the person; a random one for somebody who is not in the register of persons. `key`: the user name of HTTP Basic.

    `name` and `organisation`: of those who are not in the register; they lie here only, and can be erased. `active`: False keeps the person
    out, by whatever way. Secrets are hashes, and are never shown.
    """

    id: str
    key: str
    secrets: tuple[Secret, ...] = field(default=(), repr=False)
    active: bool = True
    created: int = 0
    name: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """What the token's claim says of somebody who has no dated identifier here, and who that is."""

    value: str
    user: str


@dataclass(frozen=True, slots=True)
class KnownAdministrator:
    """An administrator of the server (by sign-in name) is this person: kept for good, so that nobody is two persons by turns."""

    administrator: str
    person: str
    by: str
    made_at: int
