"""A move from SQLite to MongoDB and back into another file, while a client posts throughout: nothing that was acknowledged is lost."""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import httpx

from tests.support.command_line import CommandLine, run_jejak
from tests.support.learning_server import Classroom, open_classroom
from tests.support.load import stored_statements
from tests.support.mongo.server_pair import MongoServer
from tests.support.server import KEY, SECRET, Server

_HEADERS = {"X-Experience-API-Version": "1.0.3"}
_PAUSE = 0.25  # seconds between two statements: the tests' MongoDB is slow where there are many


@dataclass
class _Poster:
    """Posts one statement after the other to wherever clients belong, and sends what was not acknowledged again."""

    url: str
    acknowledged: list[str] = field(default_factory=list)
    waits: list[str | None] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with httpx.Client(auth=(KEY, SECRET), headers=_HEADERS, timeout=30) as client:
            while not self.stopped.wait(_PAUSE):
                one = {
                    "id": str(uuid.uuid4()),
                    "actor": {"mbox": "mailto:sari@peserta.test"},
                    "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
                    "object": {"id": "https://kursus.test/k"},
                }
                while not self.stopped.is_set() and not self._sent(client, one):
                    self.stopped.wait(_PAUSE)

    def _sent(self, client: httpx.Client, one: Mapping[str, object]) -> bool:
        try:
            answer = client.post(f"{self.url}/xapi/statements", json=one)
        except httpx.TransportError:
            return False
        if answer.status_code == 503:
            self.waits.append(answer.headers.get("Retry-After"))
        elif answer.status_code != 200:
            self.others.append(answer.status_code)
        else:
            self.acknowledged.append(str(one["id"]))
        return answer.status_code == 200


def _copy(tmp_path: Path, source: str, target: str, *options: str) -> str:
    """The command's standard output; it must succeed."""
    done = run_jejak(tmp_path / "operator", "db", "copy", "--from", source, "--to", target, *options, mongodb_lease="1")
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def _move(tmp_path: Path, source: Server, target: Server, addresses: tuple[str, str], poster: _Poster) -> None:
    """Copies, ends the move while the client is refused, and carries the key file by hand."""
    before = len(poster.waits)
    _copy(tmp_path, *addresses)
    told = _copy(tmp_path, *addresses, "--finish")
    assert "but in the target" not in told
    while len(poster.waits) == before:
        assert not poster.others
        threading.Event().wait(0.05)
    target.data_dir.mkdir(exist_ok=True)
    shutil.copy(source.data_dir / "secret.key", target.data_dir / "secret.key")


@contextmanager
def _signed_in(server: Server, room: Classroom) -> Iterator[Classroom]:
    """The same administrator at another server."""
    with httpx.Client(base_url=server.url, auth=room.http.auth, timeout=30) as http:
        yield Classroom(server, http)


def test_a_move_to_mongodb_and_back_loses_nothing(tmp_path: Path, mongo: MongoServer) -> None:
    first, third = f"sqlite:///{tmp_path / 'one.sqlite3'}", f"sqlite:///{tmp_path / 'three.sqlite3'}"
    second = mongo.address(f"jejak-{uuid4().hex[:12]}")
    one = Server(tmp_path / "one", store=first)
    two = Server(tmp_path / "two", store=second, mongodb_poll="0.1", mongodb_lease="1")
    three = Server(tmp_path / "three", store=third)
    poster = _Poster(one.url)
    posting = threading.Thread(target=poster.run)
    with one, open_classroom(one) as room:
        posting.start()
        try:
            certificates = [room.teach(1)]
            _move(tmp_path, one, two, (first, second), poster)
            with two, _signed_in(two, room) as moved:
                poster.url = two.url
                assert moved.certificates() == certificates
                certificates.append(moved.teach(2, "Wayan Sudarma"))
                _move(tmp_path, two, three, (second, third), poster)
                with three, _signed_in(three, room) as last:
                    poster.url = three.url
                    assert sorted(last.certificates()) == sorted(certificates)
                    _wait_for_one_more(poster)
                    poster.stopped.set()
                    posting.join()
                    stored = stored_statements(three.url)
        finally:
            poster.stopped.set()
            posting.join()
    ids = [statement_id for statement_id, _ in stored]
    assert len(set(ids)) == len(ids) == len(poster.acknowledged) + 4, "four came from the classroom"
    assert set(poster.acknowledged) <= set(ids)
    assert all(newer > older for (_, newer), (_, older) in pairwise(stored))
    assert poster.others == []
    assert None not in poster.waits
    assert CommandLine(tmp_path / "three", store=third)("db", "check").exit_code == 0


def _wait_for_one_more(poster: _Poster) -> None:
    many = len(poster.acknowledged)
    while len(poster.acknowledged) == many:
        assert not poster.others
        threading.Event().wait(0.05)
