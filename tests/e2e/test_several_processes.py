"""Two servers and the command line on one SQLite file, under load: nothing fails, nothing is lost, no number comes twice."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.corpus import corpus
from lrs.stores.sqlite.check import check
from tests.support.command_line import run_jejak
from tests.support.load import Acknowledged, post_until, stored_statements
from tests.support.server import KEY, SECRET, Server

_SECONDS = 60.0
_COMMANDS = 20  # at least so many beside the servers
_CLIENTS = 2  # for each server
_PIECE = 200  # statements of one `statements write`


@dataclass
class Commands:
    """Runs commands until told to stop; remembers those that failed."""

    data: Path
    folder: Path
    url: str
    stop: threading.Event
    failed: list[str] = field(default_factory=list)
    written: list[list[str]] = field(default_factory=list)
    done: int = 0

    def run(self, *arguments: str, given: bytes = b"", **settings: str) -> str:
        result = run_jejak(self.data, *arguments, given=given, **settings)
        self.done += 1
        if result.returncode:
            self.failed.append(f"{arguments}: {result.returncode} {result.stderr.decode()}")
        return result.stdout.decode()

    def until_stopped(self, once: Callable[[int], None]) -> None:
        for number in itertools.count():
            if self.stop.is_set():
                return
            once(number)

    def write(self, number: int) -> None:
        """`statements write` to one of the servers."""
        statements = list(corpus(_PIECE, first=number * _PIECE))
        lines = b"\n".join(json.dumps(one).encode() for one in statements)
        self.run("statements", "write", "--url", f"{self.url}/xapi", "--key", KEY, "--batch", "50", given=lines, secret=SECRET)
        self.written.append([one["id"] for one in statements])

    def maintain(self, number: int) -> None:
        """Backup and check, of the store and of what was backed up."""
        target = self.folder / f"backup-{number}"
        self.run("db", "backup", str(target))
        self.run("db", "check")
        self.run("db", "check", "--store", str(target / "jejak.sqlite3"))

    def administer(self, number: int) -> None:
        """Makes, changes and ends clients and administrators."""
        made = json.loads(self.run("client", "add", "default", f"LMS {number}", "--scope", "all", "--json") or "{}")
        if not made:
            return
        self.run("client", "set", made["id"], "--rate-limit", "600")
        self.run("client", "rotate", made["id"])
        self.run("client", "remove" if number % 2 else "disable", made["id"], *(["--yes"] if number % 2 else []))
        self.run("admin", "create", f"admin-{number}")
        self.run("client", "list", "--json")


def _load(servers: list[Server], stop: threading.Event, acknowledged: Acknowledged) -> list[threading.Thread]:
    return [
        threading.Thread(target=post_until, args=(stop, server.url, number * 100 + client, acknowledged))
        for number, server in enumerate(servers)
        for client in range(_CLIENTS)
    ]


def _hold(path: Path, server: Server, batches: list[list[str]], attempted: list[list[str]]) -> int:
    """Every acknowledged batch is there, once, in order, and no other is there by halves. How many statements are stored."""
    stored = stored_statements(server.url)
    ids, moments = {one for one, _ in stored}, [moment for _, moment in stored]
    assert len(ids) == len(stored)
    assert moments == sorted(set(moments), reverse=True)
    assert all(ids.issuperset(batch) for batch in batches)
    assert all(len(ids.intersection(batch)) in (0, len(batch)) for batch in attempted)
    assert check(path) == []
    return len(stored)


def test_two_servers_and_the_command_line_write_one_file_for_a_minute(tmp_path: Path) -> None:
    data, acknowledged, stop = tmp_path / "data", Acknowledged(), threading.Event()
    with Server(data, limit_page="1000") as one, Server(data, limit_page="1000") as two:
        commands = Commands(data, tmp_path, two.url, stop)
        threads = _load([one, two], stop, acknowledged)
        for work in (commands.write, commands.maintain, commands.administer):
            threads.append(threading.Thread(target=commands.until_stopped, args=(work,)))
        for thread in threads:
            thread.start()
        time.sleep(_SECONDS)
        for _ in range(120):  # longer, on a machine where commands are slow to start
            if commands.done > _COMMANDS:
                break
            time.sleep(1)
        stop.set()
        for thread in threads:
            thread.join()
        assert (commands.failed, acknowledged.refused, acknowledged.broken) == ([], [], 0)
        batches = acknowledged.batches + commands.written
        assert _hold(data / "jejak.sqlite3", one, batches, acknowledged.attempted) == sum(map(len, batches))
    assert commands.done > _COMMANDS
    for server in (one, two):
        assert "Traceback" not in server.log.read_text()


def test_one_of_two_servers_is_killed_and_the_other_goes_on(tmp_path: Path) -> None:
    data, rng = tmp_path / "data", random.Random(7)
    stays, dies = Server(data, limit_page="1000"), Server(data, limit_page="1000")
    served, cut, stop = Acknowledged(), Acknowledged(), threading.Event()
    with stays:
        steady = _load([stays], stop, served)
        for thread in steady:
            thread.start()
        for _ in range(4):
            dies.start()
            threads = _load([dies], threading.Event(), cut)
            for thread in threads:
                thread.start()
            time.sleep(rng.uniform(0.4, 1.2))
            dies.kill()
            for thread in threads:
                thread.join()
            before = len(served.batches)
            time.sleep(0.5)
            assert len(served.batches) > before
        stop.set()
        for thread in steady:
            thread.join()
        assert (served.refused, served.broken, cut.refused) == ([], 0, [])
        assert cut.batches
        _hold(data / "jejak.sqlite3", stays, served.batches + cut.batches, served.attempted + cut.attempted)


def test_two_servers_started_together_on_nothing_share_one_first_start(tmp_path: Path) -> None:
    servers = [Server(tmp_path / "data") for _ in range(2)]
    threads = [threading.Thread(target=server.start) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        listed = run_jejak(tmp_path / "data", "client", "list", "--json").stdout.splitlines()
        assert [json.loads(line)["api-key"] for line in listed] == [KEY]
        assert all(server.process is not None and server.process.poll() is None for server in servers)
    finally:
        for server in servers:
            server.stop()
