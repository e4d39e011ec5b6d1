"""SIGKILL does not show durability, since the page cache survives it: what the server asks of the kernel, and when, does."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

import httpx

from tests.support.server import KEY, SECRET, Server

_TRACE = ("strace", "-f", "-y", "-s", "48", "-e", "trace=pwrite64,fdatasync,fsync,write,sendto,sendmsg,writev", "-o")
_STATEMENT = {
    "actor": {"mbox": "mailto:learner@example.org"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
    "object": {"id": "http://lms.example.org/course/view.php?id=18"},
}


def _traced_posts(folder: Path, synchronous: str) -> list[str]:
    """The system calls of a server that answers a few posts, in order."""
    trace = folder / "trace"
    server = Server(folder / "data", before=(*_TRACE, str(trace)), sqlite_synchronous=synchronous)
    server.start()
    try:
        for _ in range(5):
            answer = httpx.post(
                f"{server.url}/xapi/statements",
                json=_STATEMENT,
                auth=(KEY, SECRET),
                headers={"X-Experience-API-Version": "1.0.3"},
                timeout=30,
            )
            assert answer.status_code == 200, answer.text
            time.sleep(0.05)
    finally:
        _stop_traced(server)
    return trace.read_text(errors="replace").splitlines()


def _stop_traced(server: Server) -> None:
    """Ends the server below strace; strace then ends by itself."""
    assert server.process is not None
    children = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True).stdout.split()
    for child in children:
        subprocess.run(["kill", f"-{int(signal.SIGTERM)}", child], check=True)
    server.process.wait(30)


def _answers_before_sync(lines: list[str]) -> tuple[int, int]:
    """(answers that followed a synced write of the log, answers that followed one not synced) among the 200s to a post."""
    synced, unsynced = 0, 0
    dirty = written = False
    for line in lines:
        if re.search(r"pwrite64\([^,]*-wal>", line):
            dirty = written = True
        elif re.search(r"f(data)?sync\([^,]*-wal>\)", line):
            dirty = False
        elif "HTTP/1.1 200" in line and written:
            synced, unsynced = (synced, unsynced + 1) if dirty else (synced + 1, unsynced)
            written = False
    return synced, unsynced


def test_every_answer_comes_after_an_fdatasync_of_its_last_write(tmp_path: Path) -> None:
    synced, unsynced = _answers_before_sync(_traced_posts(tmp_path, "FULL"))
    assert unsynced == 0
    assert synced >= 5


def test_the_same_look_finds_unsynced_answers_with_synchronous_off(tmp_path: Path) -> None:
    _, unsynced = _answers_before_sync(_traced_posts(tmp_path, "OFF"))
    assert unsynced >= 1
