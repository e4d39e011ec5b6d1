"""Clients that other people wrote work against the real server, unchanged."""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from tincan import Activity, Agent, RemoteLRS, StateDocument, Statement, Verb

from tests.support.browser import shown_page
from tests.support.server import KEY, SECRET, Server
from tests.support.static_site import static_site

_CLIENTS = Path(__file__).parents[1] / "clients"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("foreign") / "data") as running:
        yield running


def _node(script: str, *arguments: str) -> Any:
    """What a script of tests/clients printed last, as JSON."""
    command = ["node", "--no-warnings", script, *arguments]
    done = subprocess.run(command, cwd=_CLIENTS, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_tincan_for_python_saves_reads_queries_and_keeps_state(server: Server) -> None:
    lrs = RemoteLRS(endpoint=f"{server.url}/xapi/", version="1.0.3", username=KEY, password=SECRET)
    agent, activity = Agent(mbox="mailto:budi@example.org"), Activity(id="http://lms.example.org/course/19")
    statement = Statement(id=str(uuid4()), actor=agent, verb=Verb(id="http://adlnet.gov/expapi/verbs/completed"), object=activity)
    saved = lrs.save_statement(statement)
    assert saved.success, saved.data
    assert lrs.retrieve_statement(saved.content.id).content.actor.mbox == "mailto:budi@example.org"
    assert len(lrs.query_statements({"agent": agent, "limit": 5}).content.statements) == 1
    document = StateDocument(activity=activity, agent=agent, id="page", content=bytearray(b"3"), content_type="text/plain")
    assert lrs.save_state(document).success
    assert lrs.retrieve_state(activity, agent, "page").content.content == b"3"


def test_tincanjs_saves_reads_queries_and_keeps_state(server: Server) -> None:
    answer = _node("tincanjs.mjs", f"{server.url}/xapi/", KEY, SECRET)
    assert answer["found"] == 1
    assert answer["page"] == 3


@pytest.mark.parametrize(("version", "mount"), [("1.0.3", "xapi"), ("2.0.0", "xapi2")])
def test_xapi_for_javascript_uses_every_resource(server: Server, version: str, mount: str) -> None:
    answer = _node("xapi.mjs", f"{server.url}/{mount}/", KEY, SECRET, version)
    assert answer == {"versions": 2, "same": True, "found": 1, "dark": True, "person": "Person", "name": "Course 18"}


def test_cmi5_for_browsers_plays_an_assignable_unit_from_another_origin(server: Server) -> None:
    actor = {"objectType": "Agent", "account": {"homePage": "https://lms.example.org", "name": "learner-7"}}
    launch = {
        "lrs": f"{server.url}/xapi/",
        "actor": json.dumps(actor),
        "registration": "7f3b5e1e-0000-4000-8000-000000000007",
        "activityId": "http://lms.example.org/au/7",
    }
    with static_site(_CLIENTS, b64encode(f"{KEY}:{SECRET}".encode()).decode()) as site:
        page = shown_page(f"{site}/cmi5.html?{urlencode(launch)}")
    assert '{"verbs":["initialized","passed","completed","terminated"]}' in page
