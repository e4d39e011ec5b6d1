"""SIGKILL does not show durability, since the page cache survives it: what the server asks of the kernel, and when, does."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import subprocess
from pathlib import Path
from uuid import uuid4

import httpx

from tests.support.server import KEY, SECRET, Server
from tests.support.statement_sender import BOUNDARY, attachment, multipart, part, statement

_CALLS = "trace=pwrite64,fdatasync,fsync,write,sendto,sendmsg,writev,rename,renameat,renameat2"
_TRACE = ("strace", "-f", "-y", "-s", "5000", "-e", _CALLS, "-o")  # pages whole: what is in them tells whose they are
_POSTS = 5


def _traced_posts(folder: Path, synchronous: str, bodies: list[tuple[bytes, str]]) -> list[str]:
    """The system calls of a server that answers these posts, in order."""
    trace = folder / "trace"
    server = Server(folder / "data", before=(*_TRACE, str(trace)), sqlite_synchronous=synchronous)
    server.start()
    try:
        for body, content_type in bodies:
            answer = httpx.post(
                f"{server.url}/xapi/statements",
                content=body,
                auth=(KEY, SECRET),
                headers={"X-Experience-API-Version": "1.0.3", "Content-Type": content_type},
                timeout=60,
            )
            assert answer.status_code == 200, answer.text
    finally:
        _stop_traced(server)
    return trace.read_text(errors="replace").splitlines()


def _stop_traced(server: Server) -> None:
    """Ends the server below strace; strace then ends by itself."""
    assert server.process is not None
    children = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True).stdout.split()
    for child in children:
        subprocess.run(["kill", f"-{int(signal.SIGTERM)}", child], check=True)
    server.process.wait(60)


def _synced_and_unsynced(lines: list[str], ids: list[str]) -> tuple[int, int]:
    """How many statements were answered after, and before, the log was synced behind the page that they were written into. (What else the
    server writes meanwhile does not matter: a page is known by the id in it.)
    """
    synced = unsynced = 0
    for one in ids:
        answered = _answer(lines, one)
        written = _last(lines[:answered], rf"pwrite64\([^,]*-wal>, .*{one}")
        if _is_synced(lines[written:answered]):
            synced += 1
        else:
            unsynced += 1
    return synced, unsynced


def _is_synced(lines: list[str]) -> bool:
    """Whether a sync of the log begins and ends here; another thread's call may stand between the two."""
    syncing: set[str] = set()
    for line in lines:
        thread = line.split(" ", 1)[0]
        if re.search(r"f(data)?sync\([^,]*-wal> <unfinished", line):
            syncing.add(thread)
        elif re.search(r"f(data)?sync\([^,]*-wal>\)", line) or (thread in syncing and re.search(r"f(data)?sync resumed>", line)):
            return True
    return False


def _answer(lines: list[str], told: str = "") -> int:
    """Where the answer begins whose body is an array that begins with `told`."""
    body = _last(lines, rf'\[\\"{told}')
    return _last(lines[: body + 1], r"HTTP/1\.1 200 ")


def _last(lines: list[str], pattern: str) -> int:
    return max(number for number, line in enumerate(lines) if re.search(pattern, line))


def _statements() -> tuple[list[str], list[tuple[bytes, str]]]:
    ids = [str(uuid4()) for _ in range(_POSTS)]
    return ids, [(json.dumps(statement(id=one)).encode(), "application/json") for one in ids]


def test_every_answer_comes_after_an_fdatasync_of_its_last_write(tmp_path: Path) -> None:
    ids, bodies = _statements()
    assert _synced_and_unsynced(_traced_posts(tmp_path, "FULL", bodies), ids) == (_POSTS, 0)


def test_the_same_look_finds_unsynced_answers_with_synchronous_off(tmp_path: Path) -> None:
    ids, bodies = _statements()
    assert _synced_and_unsynced(_traced_posts(tmp_path, "OFF", bodies), ids) == (0, _POSTS)


def test_a_large_attachment_is_on_the_disk_with_its_folder_before_the_row_that_names_it(tmp_path: Path) -> None:
    content = b"besar" * 30_000
    digest = hashlib.sha256(content).hexdigest()
    body = multipart(statement(attachments=[attachment(content)]), part(content))
    lines = _traced_posts(tmp_path, "FULL", [(body, f"multipart/mixed; boundary={BOUNDARY}")])
    named = _last(lines, rf"rename\w*\(.*-attachments/.*{digest}\"")
    answered = _answer(lines)
    row = next(number for number, line in enumerate(lines) if re.search(rf"pwrite64\([^,]*-wal>, .*{digest}", line))
    at = {
        "content": _last(lines[:named], r"write\([^,]*-attachments/"),
        "content synced": _last(lines[:named], rf"f(data)?sync\([^,]*-attachments/\w\w/{digest}[^>]*>"),
        "name": named,
        "folder synced": _last(lines[:row], r"f(data)?sync\([^,]*-attachments/\w\w>"),
        "folder of folders synced": _last(lines[:row], r"f(data)?sync\([^,]*-attachments>"),
        "row": row,
        "row synced": _last(lines[:answered], r"f(data)?sync\([^,]*-wal>"),
        "answer": answered,
    }
    assert list(at.values()) == sorted(at.values()), at
