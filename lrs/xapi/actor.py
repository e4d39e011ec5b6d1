"""Agents and Groups (xAPI-Data 1.0.3 2.4.2; 2.0 4.2.2.1): one inverse functional identifier each, members that are Agents only."""

from __future__ import annotations

import re
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from lrs.errors import InvalidRequestError
from lrs.xapi.iri import is_iri, require_iri
from lrs.xapi.rule import as_statement_error, broken
from lrs.xapi.strict_json import check_json

_MAILTO = re.compile(r"mailto:[^\s@<>\"]+@[^\s@<>\"]+")
_SHA1 = re.compile(r"[0-9a-fA-F]{40}", re.ASCII)
_CLAUSE = "xAPI-Data 2.4.2.3"


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """An account on a system (2.4.2.4)."""

    home_page: str
    name: str

    def __post_init__(self) -> None:
        require_iri("homePage", self.home_page, "xAPI-Data 2.4.2.4")


class _Identified(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str | UnsetType = UNSET
    mbox: str | UnsetType = UNSET
    mbox_sha1sum: str | UnsetType = UNSET
    openid: str | UnsetType = UNSET
    account: Account | UnsetType = UNSET

    def _identifiers(self) -> int:
        """How many inverse functional identifiers there are; each is checked."""
        if self.account is not UNSET and self.mbox is UNSET and self.mbox_sha1sum is UNSET and self.openid is UNSET:
            return 1  # an account's home page is checked where it is read
        count = 0
        if self.mbox is not UNSET:
            count += 1
            if _MAILTO.fullmatch(self.mbox) is None:
                raise broken("mbox", "mbox must be 'mailto:' and an e-mail address", _CLAUSE)
        if self.mbox_sha1sum is not UNSET:
            count += 1
            if _SHA1.fullmatch(self.mbox_sha1sum) is None:
                raise broken("mbox_sha1sum", "mbox_sha1sum must be 40 hexadecimal digits", _CLAUSE)
        if self.openid is not UNSET:
            count += 1
            if not is_iri(self.openid):
                raise broken("openid", "openid must be a URI with a scheme", _CLAUSE)
        return count + (self.account is not UNSET)


class Agent(_Identified, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A person or a system, by exactly one identifier."""

    object_type: Literal["Agent"] | UnsetType = msgspec.field(default=UNSET, name="objectType")

    def __post_init__(self) -> None:
        if self._identifiers() != 1:
            raise broken("", "an Agent needs exactly one of mbox, mbox_sha1sum, openid and account", _CLAUSE)


class Group(_Identified, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Identified by one identifier, or anonymous by its members."""

    object_type: Literal["Group"] = msgspec.field(name="objectType")
    member: list[Agent] | UnsetType = UNSET

    def __post_init__(self) -> None:
        count = self._identifiers()
        if count > 1:
            raise broken("", "a Group has at most one of mbox, mbox_sha1sum, openid and account", "xAPI-Data 2.4.2.2")
        if count == 0 and not self.member:
            raise broken("member", "a Group without an identifier needs members", "xAPI-Data 2.4.2.2")


class Actor(_Identified, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where an Agent or a Group may stand: as whichever its objectType says."""

    object_type: Literal["Agent", "Group"] | UnsetType = msgspec.field(default=UNSET, name="objectType")
    member: list[Agent] | UnsetType = UNSET

    def __post_init__(self) -> None:
        count = self._identifiers()
        if self.object_type == "Group":
            if count > 1:
                raise broken("", "a Group has at most one of mbox, mbox_sha1sum, openid and account", "xAPI-Data 2.4.2.2")
            if count == 0 and not self.member:
                raise broken("member", "a Group without an identifier needs members", "xAPI-Data 2.4.2.2")
        elif self.member is not UNSET:
            raise broken("member", "only a Group has members", "xAPI-Data 2.4.2.1")
        elif count != 1:
            raise broken("", "an Agent needs exactly one of mbox, mbox_sha1sum, openid and account", _CLAUSE)


AnyActor = Actor | Agent | Group


def parse_agent(text: str | bytes, *, where: str, allow_group: bool) -> Actor | Agent | Group:
    """The agent of a query parameter (JSON). A Group only where `allow_group`.

    Raises InvalidRequestError, its path beginning with `where`.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        check_json(raw)
        actor = msgspec.json.decode(raw, type=Actor)
    except msgspec.MsgspecError as error:
        raise as_statement_error(error, where) from error
    except InvalidRequestError as error:
        raise InvalidRequestError(error.message, where=where, clause=error.clause) from error
    if actor.object_type == "Group":
        if not allow_group:
            raise InvalidRequestError("this must be an Agent, not a Group", where=where, clause="xAPI-Data 2.4.2.1")
        return msgspec.json.decode(raw, type=Group)
    return msgspec.json.decode(raw, type=Agent)


def identifier(agent: AnyActor) -> str | None:
    """The inverse functional identifier as one string, None for an anonymous Group: what two agents that are the same have the same."""
    if agent.mbox is not UNSET:
        return agent.mbox
    if agent.account is not UNSET:
        return account_id(agent.account.home_page, agent.account.name)
    if agent.mbox_sha1sum is not UNSET:
        return "sha1:" + agent.mbox_sha1sum.lower()
    if agent.openid is not UNSET:
        return "openid:" + agent.openid
    return None


def account_id(home_page: str, name: str) -> str:
    """The identifier of an account; no two have the same, since an IRI has no `|` in it."""
    return f"account:{home_page}|{name}"


def agent_id(agent: AnyActor) -> str:
    """As `identifier`. Raises InvalidRequestError for an anonymous Group."""
    found = identifier(agent)
    if found is None:
        raise InvalidRequestError("an anonymous Group cannot be looked for: it has no identifier", clause="xAPI-Data 2.4.2.2")
    return found
