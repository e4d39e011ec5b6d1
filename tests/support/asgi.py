"""Speaks ASGI to an application directly: with bytes that no HTTP library would send."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Message = MutableMapping[str, Any]
AsgiApp = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


@dataclass
class AsgiAnswer:
    """`headers` as sent, in order."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes

    def header(self, name: str) -> str | None:
        return next((value for given, value in self.headers if given == name.lower()), None)


async def ask(
    app: AsgiApp, method: str, path: str, query: bytes, headers: list[tuple[str, bytes]], body: bytes, *, whole: bool = True
) -> AsgiAnswer:
    """One request, its body in one piece; afterwards the client waits and never goes. Fails when no answer comes in 20 seconds, or one that
    breaks off where it is to be `whole`.
    """
    sent: list[Message] = []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower().encode(), value) for name, value in headers],
        "client": ("127.0.0.1", 4),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await asyncio.wait_for(app(scope, receive, send), 20)
    first, *pieces = sent
    assert not (whole and pieces[-1].get("more_body", False))
    named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in first["headers"]]
    return AsgiAnswer(first["status"], named, b"".join(piece.get("body", b"") for piece in pieces))
