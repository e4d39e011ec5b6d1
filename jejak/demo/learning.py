"""What two hundred persons learn: courses and seminars at five providers, in time and late, and coaching."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from jejak.demo.calls import get, post, signed_in, stored
from jejak.demo.data import COACHING, PEOPLE, PROVIDERS, Json, Person, Provider, course_of, quiz_of, seminar_of
from jejak.demo.moodle import PASS, account, course_taken, seminar_attended
from jejak.demo.server import Running
from jejak.demo.setting import Setting, as_user

LATE = 0  # the person whose seminar an LMS tells three weeks later
UNLINKED = 7  # the person whom an LMS knows by its own number
BUSY = 3  # a PPPK who takes everything
_OWN_NUMBER = "1041"


@dataclass(frozen=True, slots=True)
class Taken:
    """A course that somebody takes."""

    person: Person
    provider: Provider
    run: int
    score: int

    @property
    def days(self) -> int:
        """Until its last day. The busy one takes one course after the other."""
        return 3 + (3 * PROVIDERS.index(self.provider) if self.person.index == BUSY else 0)


def courses() -> list[Taken]:
    """One for everybody, by turns; all of them for the busy one. Every seventh fails the quiz."""
    taken = []
    for one in map(Person, range(PEOPLE)):
        score = 92 - one.index % 20 if one.index % 7 != 2 else 55
        chosen = PROVIDERS if one.index == BUSY else (PROVIDERS[one.index % 5 if one.index > 2 else 0],)
        taken += [Taken(one, provider, one.index % 3, 88 if one.index == BUSY else score) for provider in chosen]
    return taken


def seminars() -> list[tuple[Person, Provider, int]]:
    """Every second person goes to one; the late one's is left out."""
    some = [one for one in map(Person, range(PEOPLE)) if one.index % 2 == 0 and one.index != LATE]
    return [(one, PROVIDERS[(one.index + 1) % 5], one.index // 2 % 2) for one in some]


def certificates_due() -> int:
    """How many completions the statements bring."""
    return sum(one.score >= PASS for one in courses() if one.person.index != UNLINKED) + len(seminars())


def send(server: Running, setting: Setting, home_page: str) -> tuple[int, dict[int, str]]:
    """Each LMS its own. How many statements, and the id of each person's last one of a course (its completion)."""
    told: dict[str, list[Json]] = {one.id: [] for one in PROVIDERS}
    ends: dict[str, dict[int, int]] = {one.id: {} for one in PROVIDERS}
    for one in courses():
        site, last = one.provider.site, one.person.at(setting.first + timedelta(days=one.days), 9)
        own = one.person.index == UNLINKED
        actor = account(site, _OWN_NUMBER) if own else account(home_page, one.person.number)
        told[one.provider.id] += course_taken(
            actor, site, course_of(one.provider, one.run), quiz_of(one.provider, one.run), one.score, last
        )
        ends[one.provider.id][one.person.index] = len(told[one.provider.id]) - 1
    for person, provider, run in seminars():
        told[provider.id].append(_attended(setting, home_page, person, provider, run))
    completions: dict[int, str] = {}
    for provider in PROVIDERS:
        with signed_in(server, *setting.keys[provider.id]) as lms:
            ids = stored(lms, told[provider.id])
        completions |= {index: ids[place] for index, place in ends[provider.id].items()}
    return sum(map(len, told.values())), completions


def send_late(server: Running, setting: Setting, home_page: str) -> None:
    """Evidence of three weeks ago, sent now: it counts on the day of learning."""
    with signed_in(server, *setting.keys[PROVIDERS[1].id]) as lms:
        stored(lms, [_attended(setting, home_page, Person(LATE), PROVIDERS[1], 0)])


def link(server: Running, setting: Setting) -> Json:
    """HR links the one whom an LMS knows by a number of its own; the list that HR works from tells nothing personal."""
    provider = PROVIDERS[UNLINKED % 5].id
    (waiting,) = get(server.administrator, f"/api/providers/{provider}/waiting")["items"]
    body = {"person": setting.ids[UNLINKED], "provider": provider, "identifier": {"reference": waiting["reference"]}, "reason": "daftar HR"}
    post(server.administrator, "/api/links", body)
    return dict(waiting)


def coach(server: Running, setting: Setting, learner: int) -> None:
    """A registered coach logs a session, and the learner confirms it."""
    line = {"person": setting.ids[50], "qualification": "national-leadership-training", "since": "2020-01-01", "reason": "alumnus PKN"}
    post(server.administrator, "/api/coaches", line)
    starts = Person(learner).at(setting.first + timedelta(days=4), 10).isoformat()
    session = {"kind": "coaching", "batch": COACHING, "starts": starts, "minutes": 60, "topic": "Memimpin perubahan"}
    with signed_in(server, *as_user(server, setting.ids[50])) as client:
        case = post(client, "/api/sessions", session | {"learner": setting.ids[learner]})["id"]
    with signed_in(server, *as_user(server, setting.ids[learner])) as client:
        post(client, "/api/queue/decisions", {"cases": [case], "verdict": "approved"})


def _attended(setting: Setting, home_page: str, person: Person, provider: Provider, run: int) -> Json:
    ended = person.at(setting.first + timedelta(days=2), 16)
    return seminar_attended(account(home_page, person.number), provider.site, seminar_of(provider, run), ended)
