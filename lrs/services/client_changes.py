"""What may be changed of a client, and the rules that hold for each part: the same for the administration's API and the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from lrs.errors import InvalidRequestError
from lrs.ports import Client, Scope
from lrs.xapi.actor import parse_agent
from lrs.xapi.identifiers import is_uuid

_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class ClientChange:
    """Members that are None stay as they are.

    `expires`: microseconds since 1970, 0 for never. `authority` and `bound_actor`: JSON of an Agent; an empty `bound_actor`,
    `bound_registration`, `subject` or `time_zone` takes the present one away.
    """

    label: str | None = None
    scopes: frozenset[Scope] | None = None
    authority: bytes | None = None
    time_zone: str | None = None
    rate_limit: int | None = None
    expires: int | None = None
    origins: tuple[str, ...] | None = None
    bound_actor: str | None = None
    bound_registration: str | None = None
    subject: str | None = None
    active: bool | None = None


def changed(client: Client, change: ClientChange) -> Client:
    """`client` with the change. Raises InvalidRequestError naming the member."""
    given = {one.name: value for one in fields(change) if (value := getattr(change, one.name)) is not None}
    if change.label is not None:
        checked_text(change.label, "label")
    if change.scopes is not None and not change.scopes:
        raise InvalidRequestError("a client needs a scope", where="scopes", clause="xAPI-Communication 4.2")
    if change.time_zone:
        checked_time_zone(change.time_zone)
    if change.expires is not None:
        given["expires"] = change.expires or None
    if change.origins is not None:
        given["origins"] = tuple(dict.fromkeys(_origin(one) for one in change.origins))
    if change.authority is not None:
        parse_agent(change.authority, where="authority", allow_group=False)
    if change.bound_actor:
        parse_agent(change.bound_actor, where="bound_actor", allow_group=False)
    if change.bound_registration and not is_uuid(change.bound_registration):
        raise InvalidRequestError("this must be a UUID", where="bound_registration")
    return replace(client, **given)


def scopes_named(names: list[str]) -> frozenset[Scope]:
    """Raises InvalidRequestError for a name that is none."""
    try:
        return frozenset(Scope(name) for name in names)
    except ValueError as error:
        raise InvalidRequestError("the scopes are: " + ", ".join(Scope), where="scopes", clause="xAPI-Communication 4.2") from error


def checked_text(text: str, where: str) -> str:
    """A name for people: 1 to 200 characters, none of them a control. Raises InvalidRequestError."""
    if not text.strip() or len(text) > 200 or not all(one.isprintable() for one in text):
        raise InvalidRequestError("this must be 1 to 200 visible characters", where=where)
    return text


def checked_time_zone(name: str) -> str:
    """An IANA name, checked against the machine's own list where it has one. Raises InvalidRequestError."""
    if _ZONE.fullmatch(name) is None or (_zones() and name not in _zones()):
        raise InvalidRequestError("this must be the IANA name of a time zone, like Asia/Makassar", where="time_zone")
    return name


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _origin(text: str) -> str:
    """As a browser sends it (RFC 6454, 6.2): scheme, host and a port that is not the scheme's own, in small letters."""
    problem = InvalidRequestError("an origin is scheme and host, like https://course.example.org", where="origins")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise problem from error
    if parts.scheme not in _DEFAULT_PORTS or not host or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise problem
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "")
