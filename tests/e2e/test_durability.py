"""SIGKILL does not show durability, since the page cache survives it: what the server asks of the kernel, and when, does."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import httpx

from tests.support.server import KEY, SECRET, Server
from tests.support.statement_sender import BOUNDARY, attachment, multipart, part

_CALLS = "trace=pwrite64,fdatasync,fsync,write,sendto,sendmsg,writev,rename,renameat,renameat2"
_TRACE = ("strace", "-f", "-y", "-s", "48", "-e", _CALLS, "-o")
_STATEMENT = {
    "actor": {"mbox": "mailto:learner@example.org"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
    "object": {"id": "http://lms.example.org/course/view.php?id=18"},
}


def _traced_posts(folder: Path, synchronous: str, content: bytes = b"") -> list[str]:
    """The system calls of a server that answers a few posts (one, with an attachment, where there is content), in order."""
    trace = folder / "trace"
    server = Server(folder / "data", before=(*_TRACE, str(trace)), sqlite_synchronous=synchronous)
    server.start()
    try:
        body, content_type = json.dumps(_STATEMENT).encode(), "application/json"
        if content:
            body = multipart(_STATEMENT | {"attachments": [attachment(content)]}, part(content))
            content_type = f"multipart/mixed; boundary={BOUNDARY}"
        for _ in range(1 if content else 5):
            answer = httpx.post(
                f"{server.url}/xapi/statements",
                content=body,
                auth=(KEY, SECRET),
                headers={"X-Experience-API-Version": "1.0.3", "Content-Type": content_type},
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
    syncing: set[str] = set()
    for line in lines:
        thread = line.split(" ", 1)[0]
        if re.search(r"pwrite64\([^,]*-wal>", line):
            dirty = written = True
        elif re.search(r"f(data)?sync\([^,]*-wal> <unfinished", line):
            syncing.add(thread)  # another thread's call stands between it and its end
        elif re.search(r"f(data)?sync\([^,]*-wal>\)", line) or (thread in syncing and re.search(r"f(data)?sync resumed>", line)):
            syncing.discard(thread)
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


def test_a_large_attachment_is_on_the_disk_with_its_folder_before_the_row_that_names_it(tmp_path: Path) -> None:
    lines = _traced_posts(tmp_path, "FULL", content=b"besar" * 30_000)
    at = {
        "content": _last(lines, r"write\([^,]*-attachments/"),
        "content synced": _last(lines, r"f(data)?sync\([^,]*-attachments/\w\w/\w{64}[^>]*>"),
        "name": _last(lines, r"rename\w*\(.*-attachments/"),
        "folder synced": _last(lines, r"f(data)?sync\([^,]*-attachments/\w\w>\)"),
        "folder of folders synced": _last(lines, r"f(data)?sync\([^,]*-attachments>\)"),
        "row": _first_after(lines, r"pwrite64\([^,]*-wal>", _last(lines, r"rename\w*\(.*-attachments/")),
        "answer": _last(lines, "HTTP/1.1 200"),
    }
    assert list(at.values()) == sorted(at.values()), at


def _last(lines: list[str], pattern: str) -> int:
    return max(number for number, line in enumerate(lines) if re.search(pattern, line))


def _first_after(lines: list[str], pattern: str, start: int) -> int:
    return next(number for number, line in enumerate(lines) if number > start and re.search(pattern, line))
