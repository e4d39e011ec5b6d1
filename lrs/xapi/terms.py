"""The terms by which a statement is found (see `lrs.ports.statements`; xAPI-Communication 1.0.3 2.1.3; 2.0 4.1.6.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import UNSET

from lrs.xapi.activity import Activity
from lrs.xapi.actor import Agent, AnyActor, Group, account_id, agent_id, identifier
from lrs.xapi.context import Context, Context2
from lrs.xapi.pieces import Pieces, Terms

if TYPE_CHECKING:
    from lrs.xapi.statement import ParsedStatement, Part


def agent_term(agent: AnyActor) -> str:
    """Raises InvalidRequestError for an anonymous Group."""
    return "a" + agent_id(agent)


def account_term(home_page: str, name: str) -> str:
    """The term of an Agent that is known by an account."""
    return "a" + account_id(home_page, name)


def mbox_term(mbox: str) -> str:
    """The term of an Agent that is known by `mbox` ("mailto:" and the address)."""
    return "a" + mbox


def mbox_sha1sum_term(digest: str) -> str:
    """The term of an Agent that is known by the SHA-1 of its mbox."""
    return "asha1:" + digest.lower()


def openid_term(openid: str) -> str:
    """The term of an Agent that is known by its OpenID."""
    return "aopenid:" + openid


def verb_term(iri: str) -> str:
    return "v" + iri


def activity_term(iri: str) -> str:
    return "c" + iri


def registration_term(uuid: str) -> str:
    return "r" + uuid.lower()


def index_terms(parsed: ParsedStatement, authority_terms: Terms = ()) -> tuple[Terms, Terms]:
    """(direct terms, related terms that are not direct), each once. `authority_terms`: those of the authority that we set."""
    direct, related = parsed.content.terms() if isinstance(parsed.content, Pieces) else _of_parts(parsed.content)
    for term in authority_terms:
        if term not in direct and term not in related:
            related += (term,)
    return direct, related


def _of_parts(parts: tuple[Part, ...]) -> tuple[Terms, Terms]:
    part, *subs = parts
    direct: dict[str, None] = dict.fromkeys(agent_terms(part.actor))
    direct["v" + part.verb.id] = None
    target, context = part.target, part.context
    if isinstance(target, Activity):
        direct["c" + target.id] = None
    elif isinstance(target, Agent | Group):
        direct.update(dict.fromkeys(agent_terms(target)))
    if context is not UNSET and context.registration is not UNSET:
        direct["r" + context.registration.lower()] = None
    related = dict.fromkeys(_of_context(context)) if context is not UNSET else dict[str, None]()
    for sub in subs:
        related.update(dict.fromkeys(_of_sub(sub)))
    return tuple(direct), tuple([term for term in related if term not in direct])


def agent_terms(agent: AnyActor) -> Iterator[str]:
    """The agent's own term and, of a Group, its members'."""
    own = identifier(agent)
    if own is not None:
        yield "a" + own
    if not isinstance(agent, Agent) and agent.member is not UNSET:
        for member in agent.member:
            yield "a" + agent_id(member)


def _of_context(context: Context) -> Iterator[str]:
    if context.instructor is not UNSET:
        yield from agent_terms(context.instructor)
    if context.team is not UNSET:
        yield from agent_terms(context.team)
    if context.context_activities is not UNSET:
        for activity in context.context_activities.every():
            yield "c" + activity.id
    if isinstance(context, Context2):
        if context.context_agents is not UNSET:
            for one in context.context_agents:
                yield from agent_terms(one.agent)
        if context.context_groups is not UNSET:
            for other in context.context_groups:
                yield from agent_terms(other.group)


def _of_sub(sub: Part) -> Iterator[str]:
    """Agents and activities of the sub-statement; its verb and registration are not looked for."""
    yield from agent_terms(sub.actor)
    if isinstance(sub.target, Activity):
        yield "c" + sub.target.id
    elif isinstance(sub.target, Agent | Group):
        yield from agent_terms(sub.target)
    if sub.context is not UNSET:
        yield from _of_context(sub.context)
