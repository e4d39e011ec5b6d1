"""A request and a response of the xAPI resources as plain values: what a resource gets and gives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from lrs.services.principal import Principal
from lrs.xapi.versions import Version


@dataclass(slots=True)
class Request:
    """One xAPI request after routing, alternate request syntax, version and authentication.

    `method`: GET, PUT, POST or DELETE (HEAD comes as GET). `base`: where whoever asks finds the resources (`/xapi`). `resource`: the path
    below it (`statements`, `activities/state`). `params`: the query, decoded, in order. `headers`: names in lower case. `body`: whole,
    within the limit.
    """

    method: str
    base: str
    resource: str
    params: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    version: Version
    principal: Principal


@dataclass(slots=True)
class Response:
    """What a resource answers. `body` in pieces is streamed. Version, Consistent-Through and CORS headers are added outside."""

    status: int
    body: bytes | AsyncIterator[bytes] = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
