"""`jejak statements write` and what it is made of."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bench.corpus import corpus
from jejak.cli.lrs_client import Access, LrsClient, RefusedError, UnreachableError
from jejak.cli.statements import statements_app
from jejak.cli.upload import LineError, StateError, StateFile, upload, with_id
from tests.support.small_lrs import KEY, SECRET, Answer, SmallLrs


@pytest.fixture
def lrs() -> Iterator[SmallLrs]:
    with SmallLrs() as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(lrs: SmallLrs, waits: list[float]) -> Iterator[LrsClient]:
    with LrsClient(Access(lrs.url, KEY, SECRET), sleep=waits.append) as one:
        yield one


def _lines(count: int) -> list[bytes]:
    """Statements without ids, as logs have them."""
    return [json.dumps({name: value for name, value in one.items() if name != "id"}).encode() for one in corpus(count)]


def _stream(lines: list[bytes]) -> io.BytesIO:
    return io.BytesIO(b"".join(line + b"\n" for line in lines))


def _write(lrs: SmallLrs, lines: list[bytes], *arguments: str, secret: str = SECRET) -> Result:
    call = ["write", "--url", lrs.url, "--key", KEY, *arguments]
    return CliRunner().invoke(statements_app, call, input=b"\n".join(lines), env={"JEJAK_SECRET": secret})


def test_all_lines_are_written_in_batches_in_their_order(lrs: SmallLrs) -> None:
    lines = [json.dumps(one).encode() for one in corpus(25)]
    result = _write(lrs, lines, "--batch", "10")
    assert result.exit_code == 0, result.output
    assert [len(batch) for batch in lrs.batches] == [10, 10, 5]
    assert [one for batch in lrs.batches for one in batch] == [json.loads(line)["id"] for line in lines]
    assert (result.stdout, result.stderr) == ("", "25 statements written\n")


def test_requests_carry_the_version(lrs: SmallLrs) -> None:
    _write(lrs, _lines(1), "--xapi-version", "2.0.0")
    assert lrs.requests[0][2]["X-Experience-API-Version"] == "2.0.0"


def test_the_secret_may_stand_in_a_file(lrs: SmallLrs, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET + "\n")
    assert _write(lrs, _lines(1), "--secret-file", str(tmp_path / "secret"), secret="").exit_code == 0


def test_without_a_secret_nothing_is_sent(lrs: SmallLrs) -> None:
    result = _write(lrs, _lines(1), secret="")
    assert result.exit_code == 2
    assert "JEJAK_SECRET" in result.stderr
    assert lrs.requests == []


def test_a_wrong_secret_is_a_wrong_call_and_is_not_told(lrs: SmallLrs) -> None:
    result = _write(lrs, _lines(1), secret="bukan-rahasia")
    assert result.exit_code == 2
    assert "401" in result.stderr
    assert "bukan-rahasia" not in result.output


def test_a_line_without_id_gets_one_from_its_bytes_and_place() -> None:
    line = b'{"actor":{"mbox":"mailto:a@b.test"}}'
    first, again, elsewhere = with_id(line, 0), with_id(line + b"\r\n", 0), with_id(line, 100)
    assert first == again != elsewhere
    assert json.loads(first)["actor"] == {"mbox": "mailto:a@b.test"}
    assert json.loads(first)["id"][14] == "5"
    assert json.loads(with_id(b"{}", 0)).keys() == {"id"}


def test_what_a_line_holds_is_not_changed() -> None:
    odd = b'{ "x" : 1e400,"b":%b, "c":"\\u00e9"}' % (b"7" * 30)
    assert with_id(odd, 0).endswith(b'"x" : 1e400,"b":%b, "c":"\\u00e9"}' % (b"7" * 30))
    assert with_id(b'{"id":"A", "x":1e400}\n', 0) == b'{"id":"A", "x":1e400}'


def test_two_equal_lines_are_two_statements(lrs: SmallLrs, client: LrsClient) -> None:
    upload(_stream(_lines(1) * 2), client, StateFile(None, lrs.url, KEY), 10)
    assert len(lrs.statements) == 2


def test_written_twice_without_a_state_file_nothing_doubles(lrs: SmallLrs, client: LrsClient) -> None:
    for _ in range(2):
        assert upload(_stream(_lines(7)), client, StateFile(None, lrs.url, KEY), 3) == (7, 0)
    assert len(lrs.statements) == 7


def test_a_broken_off_upload_goes_on_where_it_was(lrs: SmallLrs, client: LrsClient, tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state", lrs.url, KEY)
    lrs.upcoming = [Answer(500)]
    lines = _lines(20)
    with pytest.raises(UnreachableError):
        upload(_stream(lines), client, state, 6)
    assert upload(_stream(lines[:13]), client, state, 6) == (13, 0)
    assert upload(_stream(lines), client, state, 6) == (7, 13)
    assert upload(_stream(lines), client, state, 6) == (0, 20)
    assert len(lrs.statements) == 20
    assert sum(len(batch) for batch in lrs.batches) == 20


def test_a_state_file_that_is_behind_makes_no_double(lrs: SmallLrs, client: LrsClient, tmp_path: Path) -> None:
    lines = _lines(5)
    upload(_stream(lines[:2]), client, StateFile(tmp_path / "state", lrs.url, KEY), 2)
    behind = (tmp_path / "state").read_bytes()
    upload(_stream(lines), client, StateFile(tmp_path / "state", lrs.url, KEY), 2)
    (tmp_path / "state").write_bytes(behind)
    assert upload(_stream(lines), client, StateFile(tmp_path / "state", lrs.url, KEY), 2) == (3, 2)
    assert len(lrs.statements) == 5


def test_another_input_than_that_of_the_state_file_is_refused(lrs: SmallLrs, client: LrsClient, tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state", lrs.url, KEY)
    lines = _lines(5)
    upload(_stream(lines), client, state, 5)
    for other in ([b"{}", *lines], lines[:2], []):
        with pytest.raises(StateError):
            upload(_stream(other), client, state, 5)


def test_a_state_file_of_another_upload_is_refused(lrs: SmallLrs, client: LrsClient, tmp_path: Path) -> None:
    upload(_stream(_lines(1)), client, StateFile(tmp_path / "state", lrs.url, KEY), 5)
    (tmp_path / "other").write_text("not ours")
    for file in (StateFile(tmp_path / "state", lrs.url, "lain"), StateFile(tmp_path / "other", lrs.url, KEY)):
        with pytest.raises(StateError):
            upload(_stream(_lines(1)), client, file, 5)


def test_the_command_says_how_much_was_there_before(lrs: SmallLrs, tmp_path: Path) -> None:
    lines = _lines(6)
    _write(lrs, [*lines[:4], b""], "--state", str(tmp_path / "state"))
    result = _write(lrs, lines, "--state", str(tmp_path / "state"))
    assert result.stderr == "2 statements written, 4 lines were stored before\n"


def test_a_refused_statement_is_told_by_its_line(lrs: SmallLrs) -> None:
    lines = [b'{"id":"1"}', b"", b'{"id":"2"}', b'{"id":"3","verb":"wrong"}']
    result = _write(lrs, lines, "--batch", "2")
    assert result.exit_code == 1
    assert result.stderr == "line 4, verb: the LRS answered 400: this verb is none\n"
    assert list(lrs.statements) == ["1"]


def test_an_address_that_is_no_endpoint_is_told_so(lrs: SmallLrs) -> None:
    lrs.upcoming = [Answer(404, b"Not Found")]
    result = _write(lrs, _lines(1))
    assert result.exit_code != 0
    assert result.stderr == "lines 1 to 1: the LRS answered 404 (--url is the endpoint, such as http://127.0.0.1:8000/xapi): Not Found\n"


def test_what_stands_before_a_broken_line_is_written(lrs: SmallLrs, client: LrsClient) -> None:
    with pytest.raises(LineError, match="line 4"):
        upload(_stream([*_lines(3), b"{broken"]), client, StateFile(None, lrs.url, KEY), 10)
    assert len(lrs.statements) == 3


def test_empty_lines_are_passed_over(lrs: SmallLrs, client: LrsClient) -> None:
    lines = _lines(2)
    assert upload(_stream([b"", lines[0], b"  ", lines[1], b""]), client, StateFile(None, lrs.url, KEY), 1) == (2, 0)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_lrs_is_asked_again_after_the_time_it_names(lrs: SmallLrs, client: LrsClient, waits: list[float], status: int) -> None:
    lrs.upcoming = [Answer(status, headers=(("Retry-After", "7"),)), Answer(status)]
    client.post([b'{"id":"1"}'])
    assert waits[0] == 7
    assert 0.5 < waits[1] < 2
    assert list(lrs.statements) == ["1"]


def test_retry_after_may_be_a_date(lrs: SmallLrs, client: LrsClient, waits: list[float]) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    lrs.upcoming = [Answer(503, headers=(("Retry-After", moment),)), Answer(503, headers=(("Retry-After", "soon"),))]
    client.post([b'{"id":"1"}'])
    assert 30 < waits[0] <= 40
    assert waits[1] < 2


def test_nobody_waits_longer_than_five_minutes(lrs: SmallLrs, client: LrsClient, waits: list[float]) -> None:
    lrs.upcoming = [Answer(429, headers=(("Retry-After", "86400"),))]
    client.post([b'{"id":"1"}'])
    assert waits == [300]


def test_an_lrs_that_stays_busy_is_given_up(lrs: SmallLrs, client: LrsClient, waits: list[float]) -> None:
    lrs.upcoming = [Answer(503)] * 8
    with pytest.raises(UnreachableError, match="503"):
        client.post([b'{"id":"1"}'])
    assert len(waits) == 7


def test_an_address_where_nobody_answers_is_given_up(waits: list[float]) -> None:
    with LrsClient(Access("http://127.0.0.1:9/xapi", KEY, SECRET), sleep=waits.append) as nobody, pytest.raises(UnreachableError):
        nobody.post([b"{}"])
    assert len(waits) == 7


@pytest.mark.parametrize(
    "body", [b"plain words", b'{"error":{"message":"plain words"}}', b'{"error":"plain words"}', b'{"message":"plain words"}']
)
def test_a_refusal_is_told_in_the_words_of_the_lrs(lrs: SmallLrs, client: LrsClient, body: bytes) -> None:
    lrs.upcoming = [Answer(409, body)]
    with pytest.raises(RefusedError, match="409: plain words"):
        client.post([b"{}"])


def test_on_a_terminal_a_bar_shows_how_far_it_is(lrs: SmallLrs, tmp_path: Path) -> None:
    (tmp_path / "in.ndjson").write_bytes(b"\n".join(_lines(30)))
    master, slave = os.openpty()
    command = [sys.executable, "-m", "jejak", "statements", "write", "--url", lrs.url, "--key", KEY]
    with (tmp_path / "in.ndjson").open("rb") as stream:
        environment = {"JEJAK_SECRET": SECRET, "TERM": "xterm", "COLUMNS": "100", "PATH": os.environ["PATH"]}
        process = subprocess.Popen(
            command, stdin=stream, stdout=subprocess.PIPE, stderr=slave, env=environment, cwd=Path(__file__).parents[3]
        )
        os.close(slave)
        shown = _read_terminal(master)
        assert process.communicate()[0] == b""
    assert process.returncode == 0
    assert "30 statements" in shown
    assert "30 statements written" in shown


def _read_terminal(master: int) -> str:
    """Everything that comes until the other side is closed."""
    shown = b""
    with os.fdopen(master, "rb", buffering=0) as terminal:
        try:
            while piece := terminal.read(4_096):
                shown += piece
        except OSError:  # so Linux says that the other side is closed
            pass
    return shown.decode()
