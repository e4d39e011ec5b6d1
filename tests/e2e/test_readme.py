"""The examples of the README and of the way to the first certificate are run as they stand there, against a real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.support.server import KEY, SECRET, Server

_ROOT = Path(__file__).parents[2]
_README = (_ROOT / "README.md").read_text()
_FIRST = (_ROOT / "docs" / "first-certificate.md").read_text()
_JEJAK = f'jejak() {{ "{sys.executable}" -m jejak "$@"; }}\n'  # what `make serve` puts into the environment that is activated
_WAIT_SECONDS = 30


def _blocks(text: str, language: str, server: Server) -> list[str]:
    """The examples, for that server."""
    found = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found
    return [one.replace("http://127.0.0.1:8000", server.url).replace(". .venv/bin/activate", "") for one in found]


def _named(text: str, **names: str) -> str:
    """With names in place of what a reader has to fill in."""
    for name, value in names.items():
        text = re.sub(rf"\b{name}\b", value, text)
    return text


def _run(command: list[str], server: Server, folder: Path = _ROOT) -> str:
    settings = {"JEJAK_DATA_DIR": str(server.data_dir), "JEJAK_PORT": str(server.port), "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(command, cwd=folder, env=os.environ | settings, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _shell(text: str, server: Server, folder: Path = _ROOT) -> str:
    return _run(["bash", "-ec", _JEJAK + text], server, folder)


def test_every_example_of_the_readme_does_what_it_says(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        curl, commands = (_named(one, KEY=KEY, SECRET=SECRET) for one in _blocks(_README, "sh", server))
        answers = _shell(curl.replace("curl ", "curl -sS --fail -w '\\n' "), server).splitlines()
        (posted,) = json.loads(answers[0])
        assert [one["id"] for one in json.loads(answers[1])["statements"]] == [posted]
        (example,) = _blocks(_README, "python", server)
        _run([sys.executable, "-c", _named(example, KEY=KEY, SECRET=SECRET)], server)
        made = _shell(commands, server)
        key, secret = re.search(r"\bjk_[\w-]+", made), re.search(r"\bjs_[\w-]+", made)
        assert key is not None
        assert secret is not None
        statement = {"actor": {"mbox": "mailto:a@example.org"}, "verb": {"id": "https://v.test/v"}, "object": {"id": "https://a.test/a"}}
        headers = {"X-Experience-API-Version": "1.0.3"}
        answer = httpx.post(f"{server.url}/xapi/statements", json=statement, auth=(key[0], secret[0]), headers=headers)
        assert answer.status_code == 200, answer.text


def test_the_way_to_the_first_certificate_leads_there(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        secret = json.loads(server.command("admin", "create", "pertama", "--json"))["secret-key"]
        year = str(datetime.now(UTC).year)
        steps = [one.replace("admin:SECRET_OF_ADMIN", f"pertama:{secret}").replace("2026", year) for one in _blocks(_FIRST, "sh", server)]
        *before, learning, looking = steps
        told = "".join(_shell(one, server, tmp_path) for one in before)
        key, own = re.search(r"\bjk_[\w-]+", told), re.search(r"\bjs_[\w-]+", told)
        assert key is not None
        assert own is not None
        _shell(_named(learning, KEY=key[0], SECRET=own[0]), server, tmp_path)
        deadline = time.monotonic() + _WAIT_SECONDS
        while not (found := re.search(r'"id":"(\w{26})"', shown := _shell(looking, server, tmp_path))) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert found is not None, shown
        assert "dihitung 8 JP" in shown
        page = httpx.get(f"{server.url}/v/{found[1]}?lang=id").text
    assert '<h1 id="verdict">Sah</h1>' in page
    assert "Sari Contoh, S.Kom." in page
