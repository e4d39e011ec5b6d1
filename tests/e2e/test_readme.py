"""The README's examples are run as they stand there, against a real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.support.server import KEY, SECRET, Server

_ROOT = Path(__file__).parents[2]
_README = (_ROOT / "README.md").read_text()


def _blocks(language: str, server: Server) -> list[str]:
    """The examples, for that server and its key."""
    found = re.findall(rf"^```{language}\n(.*?)^```", _README, re.MULTILINE | re.DOTALL)
    assert found
    texts = [one.replace("http://127.0.0.1:8000", server.url).replace(".venv/bin/python", sys.executable) for one in found]
    return [re.sub(r"\bSECRET\b", SECRET, re.sub(r"\bKEY\b", KEY, one)) for one in texts]


def _run(command: list[str], server: Server) -> str:
    environment = os.environ | {"JEJAK_DATA_DIR": str(server.data_dir), "JEJAK_PORT": str(server.port)}
    done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_of_the_readme_does_what_it_says(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        curl, commands = _blocks("sh", server)
        answers = _run(["bash", "-ec", curl.replace("curl ", "curl -sS --fail -w '\\n' ")], server).splitlines()
        (posted,) = json.loads(answers[0])
        assert [one["id"] for one in json.loads(answers[1])["statements"]] == [posted]
        (example,) = _blocks("python", server)
        _run([sys.executable, "-c", example], server)
        made = _run(["bash", "-ec", commands], server)
        key, secret = re.search(r"\bjk_[\w-]+", made), re.search(r"\bjs_[\w-]+", made)
        assert key is not None
        assert secret is not None
        statement = {"actor": {"mbox": "mailto:a@example.org"}, "verb": {"id": "https://v.test/v"}, "object": {"id": "https://a.test/a"}}
        headers = {"X-Experience-API-Version": "1.0.3"}
        answer = httpx.post(f"{server.url}/xapi/statements", json=statement, auth=(key[0], secret[0]), headers=headers)
        assert answer.status_code == 200, answer.text
