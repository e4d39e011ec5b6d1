"""Documents: State, Activity Profile and Agent Profile (xAPI-Communication 1.0.3 2.2-2.7, 2.0 4.1.6), kept per provider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class DocumentKind(StrEnum):
    STATE = "state"
    ACTIVITY_PROFILE = "activity_profile"
    AGENT_PROFILE = "agent_profile"


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """Where a document lies. `agent` is the agent's term without its letter; `registration` "" is a value of its own.

    `id` is the stateId or profileId. State has activity, agent and maybe registration; the profiles have one of activity and agent;
    absent parts are "".
    """

    kind: DocumentKind
    provider: str
    id: str
    activity: str = ""
    agent: str = ""
    registration: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """`content` byte for byte; `etag` is the SHA-1 hex of it, without quotes; `updated` in microseconds, later at each update of a key."""

    content: bytes
    content_type: str
    etag: str
    updated: int


Decide = Callable[[Document | None], tuple[bytes, str] | None]


class DocumentStore(Protocol):
    """Each method is one transaction."""

    async def get(self, key: DocumentKey) -> Document | None: ...

    async def change(self, key: DocumentKey, decide: Decide) -> Document | None:
        """Replaces what is at `key` by what `decide(present)` answers: (content, content type), or None to delete (or leave absent).

        Nothing else changes the document in between. `decide` is pure, may be called again, and may raise: then nothing is changed and the
        error goes to the caller. Answers the document now there.
        """
        ...

    async def ids(self, scope: DocumentKey, *, any_registration: bool = False, since: int | None = None) -> list[str]:
        """The ids of the documents in `scope` (whose own `id` is not looked at), each once, sorted; with `since`, those updated after it.

        `any_registration`: over every registration (State, when the request names none).
        """
        ...

    async def delete_all(self, scope: DocumentKey, *, any_registration: bool = False) -> int:
        """Deletes all in `scope` as `ids` would list them, and says how many."""
        ...

    async def of_agent(self, provider: str, agent: str) -> list[tuple[DocumentKey, Document]]:
        """Every document of that agent (`DocumentKey.agent`) with that provider. For data subject access only."""
        ...

    async def forget(self, before: int, *, dry: bool = False) -> int:
        """Deletes, for good, every document about an agent that was last updated before that moment; `dry`: none. How many these are.

        For retention only; no request of a client leads here.
        """
        ...
