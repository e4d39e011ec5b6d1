"""`jejak statements validate`."""

from __future__ import annotations

import json

from typer.testing import CliRunner, Result

from bench.corpus import corpus
from jejak.cli.statements import statements_app


def _validate(lines: list[bytes], *arguments: str) -> Result:
    return CliRunner().invoke(statements_app, ["validate", *arguments], input=b"\n".join(lines))


def test_valid_statements_end_with_zero_and_no_line() -> None:
    result = _validate([json.dumps(statement).encode() for statement in corpus(20)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "20 statements, 0 not valid" in result.stderr


def test_each_wrong_line_is_told_with_its_number_and_place() -> None:
    good = json.dumps(next(corpus(1))).encode()
    bad = good.replace(b'"verb": {"id": "', b'"verb": {"id": "no scheme ')
    result = _validate([good, b"{", b"", bad, good, b"\xff\xfe", b"[]"])
    told = result.stdout.splitlines()
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in told[:3]] == ["line 2", "line 4", "line 6"]
    assert "verb.id" in told[1]
    assert "6 statements" in result.stderr


def test_the_version_decides() -> None:
    statement = next(corpus(1))
    statement["context"]["contextAgents"] = [{"objectType": "contextAgent", "agent": {"mbox": "mailto:guru@balai.test"}}]
    line = json.dumps(statement).encode()
    assert _validate([line]).exit_code == 1
    assert _validate([line], "--xapi-version", "2.0.0").exit_code == 0


def test_an_unknown_version_is_a_wrong_call() -> None:
    assert _validate([], "--xapi-version", "3.0").exit_code == 2


def test_help_shows_examples_and_exit_codes() -> None:
    for command in ("validate", "write", "read"):
        shown = CliRunner().invoke(statements_app, [command, "--help"]).stdout
        assert f"jejak statements {command}" in shown
        assert "Exit codes" in shown
