"""Whatever happens in whatever order, the projector ends where a rebuild from zero ends: a machine that tries to make them differ."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from credentials.services.projector import Projector
from credentials.stores.sharing import EVERYTHING
from tests.support.evidence import BATCH, COMPLETED, COURSE, HOME, PASSED, PROVIDER, QUIZ, Members, said
from tests.support.projecting import BY, World, enter, opened_world

T = TypeVar("T")
_EDLM = "https://xapi.edlm/profiles/edlm-lms/concepts"
_SECOND = replace(BATCH, id="pbj-2", starts=date(2026, 12, 1), ends=date(2026, 12, 31))
_LATE = replace(BATCH, id="pbj-0", starts=date(2026, 10, 1), ends=date(2026, 10, 31))
_USERS = ("sri", "budi", "ayu")
_IN_COURSE: Members = {"context": {"contextActivities": {"grouping": [{"id": COURSE}]}}}
_PASS: Members = {"result": {"success": True, "score": {"scaled": 0.9}}}
_SAYINGS = ("course", "quiz", "view", "uncompleted", "forfeited", "failed")
_moments = st.tuples(st.sampled_from([10, 11, 12]), st.integers(1, 28), st.integers(0, 23))


def _saying(number: int, what: str, user: str, moment: tuple[int, int, int]) -> Members:
    month, day, hour = moment
    when = f"2026-{month:02d}-{day:02d}T{hour:02d}:30:00Z"
    match what:
        case "course":
            return said(number, COMPLETED, COURSE, when, user=user)
        case "quiz":
            return said(number, PASSED, QUIZ, when, user=user, **_PASS, **_IN_COURSE)
        case "failed":
            return said(number, COMPLETED, QUIZ, when, user=user, result={"success": False}, **_IN_COURSE)
        case "view":
            return said(number, "http://id.tincanapi.com/verb/viewed", f"{HOME}/mod/page/view.php?id=1", when, user=user, **_IN_COURSE)
        case "uncompleted":
            return said(number, f"{_EDLM}/verbs/uncompleted", COURSE, when, user=user)
    target = {"id": f"{HOME}/cert/{user}", "definition": {"type": f"{_EDLM}/activity-types/certificate"}}
    return said(number, "https://w3id.org/xapi/tla/verbs/forfeited", "", when, user=user, **_IN_COURSE) | {"object": target}


class Projecting(RuleBasedStateMachine):
    """Statements of three accounts, two persons, two batches and one that is entered late; voids, links, suspensions. Two projectors share
    the work, and the parts move between them.
    """

    statements = Bundle("statements")
    links = Bundle("links")

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._context = opened_world("memory", Path())
        self._world: World = self._do(self._context.__aenter__())
        self._other = Projector(self._world.credentials.equipment)
        self._count = 0
        self._entered = False
        self._suspended = False

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def teardown(self) -> None:
        try:
            self._do(self._compare())
        finally:
            self._do(self._context.__aexit__(None, None, None))
            self._loop.close()

    @initialize()
    def begin(self) -> None:
        self._do(enter(self._world, [BATCH, _SECOND]))
        self._do(self._world.provider("lan"))
        self._people = [self._do(self._world.person("sri")), self._do(self._world.person("budi", zone="Asia/Jayapura"))]

    @rule(target=statements, what=st.sampled_from(_SAYINGS), user=st.sampled_from(_USERS), moment=_moments)
    def say(self, what: str, user: str, moment: tuple[int, int, int]) -> tuple[Members, str]:
        self._count += 1
        told = _saying(self._count, what, user, moment)
        self._do(self._world.send(told))
        return told, told["id"]

    @rule(target=statements, user=st.sampled_from(_USERS), day=st.integers(1, 28))
    def learn(self, user: str, day: int) -> tuple[Members, str]:
        """All that it takes, at once."""
        self._count += 2
        quiz, course = (_saying(self._count - one, what, user, (11, day, 3)) for one, what in ((1, "quiz"), (0, "course")))
        self._do(self._world.send(quiz, course))
        return course, course["id"]

    @rule(statement=statements)
    def repeat(self, statement: tuple[Members, str]) -> None:
        """As Moodle does it: without the id."""
        self._do(self._world.send({name: value for name, value in statement[0].items() if name != "id"}))

    @rule(statement=statements)
    def void(self, statement: tuple[Members, str]) -> None:
        self._do(self._world.void(statement[1]))

    @rule(statement=statements)
    def void_by_somebody_else(self, statement: tuple[Members, str]) -> None:
        self._do(self._world.void(statement[1], provider="lan", everywhere=True))

    @rule(target=statements, what=st.sampled_from(_SAYINGS), user=st.sampled_from(_USERS), moment=_moments, other=st.booleans())
    def void_what_comes_later(self, what: str, user: str, moment: tuple[int, int, int], other: bool) -> tuple[Members, str]:
        self._count += 1
        told = _saying(self._count, what, user, moment)
        self._do(self._world.void(told["id"], provider="lan" if other else PROVIDER, everywhere=other))
        self._do(self._world.send(told))
        return told, told["id"]

    @rule(target=links, whom=st.integers(0, 1))
    def link(self, whom: int) -> str:
        for link in self._open_links():
            self._do(self._world.unlink(link))
        return self._do(self._world.link(self._people[whom], "ayu"))

    @rule(link=consumes(links))
    def unlink(self, link: str) -> None:
        if link in self._open_links():
            self._do(self._world.unlink(link))

    def _open_links(self) -> list[str]:
        identities = [self._do(self._world.credentials.register.links.links.of_person(person)) for person in self._people]
        held = [one.id for some in identities for identity in some if identity.ifi.endswith("ayu") for one in identity.held()]
        return list(dict.fromkeys(held))

    @rule()
    def enter_late(self) -> None:
        if not self._entered:
            self._entered = True
            self._do(self._world.batch(_LATE))

    @rule(day=st.integers(1, 28))
    def suspend_or_lift(self, day: int) -> None:
        standings = self._world.credentials.register.standings
        change = standings.lift if self._suspended else standings.suspend
        self._do(change(PROVIDER, date(2026, 11, day), by=BY, reason="audit"))
        self._suspended = not self._suspended

    @rule()
    def project(self) -> None:
        self._do(self._world.drain())

    @rule()
    def project_one_page(self) -> None:
        self._do(self._world.projector.step())

    @rule(mine=st.frozensets(st.sampled_from(sorted(EVERYTHING))))
    def hand_over(self, mine: frozenset[int]) -> None:
        self._world.projector.shares.mine = mine
        self._other.shares.mine = EVERYTHING - mine

    @rule()
    def the_other_projects_one_page(self) -> None:
        self._do(self._other.step())

    @rule()
    def the_other_judges_what_waits(self) -> None:
        self._do(self._other.judge())

    @invariant()
    def nothing_failed(self) -> None:
        for projector in (self._world.projector, self._other):
            assert projector.counts["errors"] == projector.counts["parked"] == 0

    async def _compare(self) -> None:
        """A rebuild finds nothing to change, and everybody whose evidence stands has a certificate that is valid."""
        self._world.projector.shares.mine = EVERYTHING
        await self._world.drain()
        before = await self._world.standing()
        assert await self._world.rebuilt() == []
        assert await self._world.standing() == before
        assert before["valid"] == before["completions"].keys() == before["lines"].keys()
        assert before["revoked"] == set()


TestProjecting = Projecting.TestCase
TestProjecting.settings = settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
