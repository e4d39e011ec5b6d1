"""Raw sockets against the real server: what one connection may cost is decided before any application code."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.support.server import KEY, SECRET, Server

_REQUEST = b"GET /xapi/about HTTP/1.1\r\nHost: x\r\n"
_CREDENTIALS = b"Authorization: Basic dGVzdC1rZXk6dGVzdC1zZWNyZXQtdGhhdC1pcy1sb25nLWVub3VnaA==\r\n"
_POST = b"POST /xapi/statements HTTP/1.1\r\nHost: x\r\nX-Experience-API-Version: 1.0.3\r\nContent-Type: application/json\r\n" + _CREDENTIALS
_STATEMENT = b'{"actor":{"mbox":"mailto:sari@example.org"},"verb":{"id":"https://v.test/did"},"object":{"id":"https://o.test/1"}}'
_CHUNK = b"%x\r\n%b\r\n" % (len(_STATEMENT), _STATEMENT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("limits") / "data"
    server = Server(folder, limit_headers="8000", limit_header_seconds="1", limit_body_seconds="1", limit_connections="20")
    with server as running:
        yield running


def _connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


def _answer(connection: socket.socket) -> bytes:
    """Everything until the server closes, or a whole small answer has come."""
    received = b""
    try:
        while piece := connection.recv(65_536):
            received += piece
            if b"\r\n\r\n" in received and b"Connection: close" not in received:
                return received
    except ConnectionResetError:
        return received
    return received


def _wait_closed(connection: socket.socket) -> float:
    started = time.monotonic()
    try:
        while connection.recv(65_536):
            continue
    except ConnectionResetError:
        pass
    return time.monotonic() - started


def test_a_good_request_is_answered(server: Server) -> None:
    with _connect(server) as connection:
        connection.sendall(_REQUEST + b"\r\n")
        assert b" 200 " in _answer(connection)


@pytest.mark.parametrize("ending", [b"\r\n", b"\r\n\r\n"])
def test_headers_over_the_limit_are_431_and_the_connection_is_closed(server: Server, ending: bytes) -> None:
    with _connect(server) as connection:
        connection.sendall(_REQUEST + b"X-Long: " + b"a" * 20_000 + ending)
        assert b" 431 " in _answer(connection)
        _wait_closed(connection)


def test_a_header_without_an_end_is_refused_long_before_its_end(server: Server) -> None:
    sent = 0
    with _connect(server) as connection:
        connection.sendall(_REQUEST + b"X-Long: ")
        try:
            for _ in range(2_000):
                connection.sendall(b"a" * 10_000)
                sent += 10_000
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert sent < 20_000_000


def test_headers_that_come_too_slowly_are_408(server: Server) -> None:
    with _connect(server) as connection:
        connection.sendall(_REQUEST)
        started = time.monotonic()
        for _ in range(6):
            time.sleep(0.25)
            try:
                connection.sendall(b"X: y\r\n")
            except (BrokenPipeError, ConnectionResetError):
                break
        assert b" 408 " in _answer(connection)
    assert time.monotonic() - started < 5


def test_a_connection_that_says_nothing_is_closed(server: Server) -> None:
    with _connect(server) as connection:
        assert _wait_closed(connection) < 5


def test_a_body_that_stalls_is_408(server: Server) -> None:
    with _connect(server) as connection:
        connection.sendall(
            b"POST /xapi/activities/state HTTP/1.1\r\nHost: x\r\nX-Experience-API-Version: 1.0.3\r\nContent-Length: 100\r\n"
            + _CREDENTIALS
            + b"\r\nabc"
        )
        assert b" 408 " in _answer(connection)


def test_a_body_that_only_trickles_is_408(server: Server) -> None:
    with _connect(server) as connection:
        connection.sendall(_POST + b"Content-Length: 100\r\n\r\n")
        started = time.monotonic()
        while time.monotonic() - started < 8:
            try:
                connection.sendall(b" ")
            except (BrokenPipeError, ConnectionResetError):
                break
            time.sleep(0.2)
        assert b" 408 " in _answer(connection)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("head", [_POST, _POST.replace(_CREDENTIALS, b"")])
def test_a_refused_body_that_does_not_end_does_not_hold_the_connection(server: Server, head: bytes) -> None:
    with _connect(server) as connection:
        connection.sendall(head + b"Content-Length: 9999999999\r\n\r\n")
        answer = _answer(connection)
        assert b" 413 " in answer or b" 401 " in answer
        connection.sendall(b"x")
        assert _wait_closed(connection) < 5


def test_blank_lines_do_not_keep_a_connection(server: Server) -> None:
    with _connect(server) as connection:
        started = time.monotonic()
        while time.monotonic() - started < 8:
            try:
                connection.sendall(b"\r\n")
            except (BrokenPipeError, ConnectionResetError):
                break
            time.sleep(0.2)
        assert time.monotonic() - started < 5


def test_fields_behind_a_chunked_body_do_not_join_the_headers(server: Server) -> None:
    with _connect(server) as connection:
        connection.sendall(_POST + b"Transfer-Encoding: chunked\r\n\r\n" + _CHUNK + b"0\r\nX-Experience-API-Version: 2.0.0\r\n\r\n")
        answer = _answer(connection).lower()
    assert b" 200 " in answer
    assert b"x-experience-api-version: 1.0.3" in answer


@pytest.mark.parametrize("behind", [_CHUNK + b"0\r\nX-Long: ", b"5;"])
def test_what_is_no_body_has_the_limit_of_headers_inside_a_chunked_one_too(server: Server, behind: bytes) -> None:
    sent = 0
    with _connect(server) as connection:
        connection.sendall(_POST + b"Transfer-Encoding: chunked\r\n\r\n" + behind)
        try:
            for _ in range(2_000):
                connection.sendall(b"a" * 10_000)
                sent += 10_000
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert sent < 20_000_000


@pytest.mark.parametrize(
    "framing",
    [b"Content-Length: %d\r\n\r\n%b" % (len(_STATEMENT), _STATEMENT), b"Transfer-Encoding: chunked\r\n\r\n" + _CHUNK + b"0\r\n\r\n"],
)
@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("offered", [b"h2c", b"websocket"])
def test_the_body_of_a_client_that_offers_another_protocol_is_read(server: Server, framing: bytes, together: bool, offered: bytes) -> None:
    """RFC 9110 7.8: Java's HTTP client offers HTTP/2 with every request that is not encrypted."""
    head, _, body = framing.partition(b"\r\n\r\n")
    request = _POST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: " + offered + b"\r\n" + head + b"\r\n\r\n"
    with _connect(server) as connection:
        for _ in range(2):
            if together:
                connection.sendall(request + body)
            else:
                connection.sendall(request)
                time.sleep(0.1)
                connection.sendall(body)
            assert b"HTTP/1.1 200 " in _answer(connection)
        connection.sendall(_REQUEST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + _REQUEST + b"Connection: close\r\n\r\n")
        answers = b""
        while piece := connection.recv(65_536):
            answers += piece
        assert answers.count(b"HTTP/1.1 200 ") == 2


def test_a_client_that_shuts_its_sending_side_still_gets_its_answer(server: Server) -> None:
    with _connect(server) as connection:
        connection.sendall(_POST + b"Content-Length: %d\r\n\r\n%b" % (len(_STATEMENT), _STATEMENT))
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_client_that_goes_in_the_middle_of_its_body_is_gone(server: Server) -> None:
    with _connect(server) as connection:
        connection.sendall(_POST + b"Content-Length: 100\r\n\r\nabc")
        connection.shutdown(socket.SHUT_WR)
        assert _wait_closed(connection) < 5


@pytest.mark.parametrize("goes_on", [b"", b"Connection: close\r\n"])
def test_a_client_that_does_not_read_its_answer_is_cut_off(server: Server, goes_on: bytes) -> None:
    long = json.loads(_STATEMENT) | {"result": {"response": "x" * 400_000}}
    posted = httpx.post(
        f"{server.url}/xapi/statements", json=[long] * 20, auth=(KEY, SECRET), headers={"X-Experience-API-Version": "1.0.3"}, timeout=30
    )
    assert posted.status_code == 200
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(10)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(
            b"GET /xapi/statements HTTP/1.1\r\nHost: x\r\nX-Experience-API-Version: 1.0.3\r\n" + _CREDENTIALS + goes_on + b"\r\n"
        )
        time.sleep(3)
        received = 0
        try:
            while piece := connection.recv(65_536):
                received += len(piece)
        except ConnectionResetError:
            pass
    assert received < 8_000_000


def test_an_idle_connection_between_requests_is_kept(server: Server) -> None:
    with _connect(server) as connection:
        for _ in range(2):
            connection.sendall(_REQUEST + b"\r\n")
            assert b" 200 " in _answer(connection)
            time.sleep(1.5)


def test_connections_over_the_limit_are_503_and_the_others_go_on(server: Server) -> None:
    connections = [_connect(server) for _ in range(20)]
    try:
        with _connect(server) as one_more:
            answer = _answer(one_more)
            assert b" 503 " in answer
            assert b"Retry-After" in answer
        connections[0].sendall(_REQUEST + b"\r\n")
        assert b" 200 " in _answer(connections[0])
    finally:
        for connection in connections:
            connection.close()
    time.sleep(0.2)
    with _connect(server) as connection:
        connection.sendall(_REQUEST + b"\r\n")
        assert b" 200 " in _answer(connection)


@pytest.mark.parametrize("control", [b"\x00", b"\x01", b"\x1f", b"\x7f", b"\r", b"\n "])
def test_a_control_character_in_a_header_is_refused(server: Server, control: bytes) -> None:
    with _connect(server) as connection:
        connection.sendall(_REQUEST + b"Origin: a" + control + b"b\r\n\r\n")
        assert b" 400 " in _answer(connection)


@pytest.mark.parametrize("path", [b"/xapi/statements", b"/xapi/statements?attachments=true", b"/xapi/about"])
def test_a_client_of_http_1_0_gets_no_chunks(server: Server, path: bytes) -> None:
    with _connect(server) as connection:
        connection.sendall(b"GET " + path + b" HTTP/1.0\r\nX-Experience-API-Version: 1.0.3\r\n" + _CREDENTIALS + b"\r\n")
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 200 " in head
    assert b"transfer-encoding" not in head
    assert b"content-length: %d\r\n" % len(body) in head + b"\r\n"


def test_a_head_in_alternate_syntax_is_answered_whole(server: Server) -> None:
    with httpx.Client(base_url=server.url, auth=(KEY, SECRET), headers={"X-Experience-API-Version": "1.0.3"}) as client:
        for _ in range(2):
            assert client.post("/xapi/statements?method=HEAD", data={"limit": "1"}).status_code == 200


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"\x00" * 100, b"GET /\xff\xfe HTTP/1.1\r\n\r\n", b"GET  HTTP/9.9\r\n\r\n"]
)
def test_garbage_is_400_or_closed_and_the_server_goes_on(server: Server, garbage: bytes) -> None:
    with _connect(server) as connection:
        connection.sendall(garbage + b"\r\n\r\n")
        answer = _answer(connection)
        assert answer == b"" or b" 400 " in answer
        if answer:
            assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["status"] == 400
    with _connect(server) as connection:
        connection.sendall(_REQUEST + b"\r\n")
        assert b" 200 " in _answer(connection)


def test_no_bad_connection_left_a_trace_in_the_log(server: Server) -> None:
    assert "Traceback" not in server.log.read_text()
