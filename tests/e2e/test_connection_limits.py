"""Raw sockets against the real server: what one connection may cost is decided before any application code."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from tests.support.server import Server

_REQUEST = b"GET /xapi/about HTTP/1.1\r\nHost: x\r\n"


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
            b"Authorization: Basic dGVzdC1rZXk6dGVzdC1zZWNyZXQtdGhhdC1pcy1sb25nLWVub3VnaA==\r\n\r\nabc"
        )
        assert b" 408 " in _answer(connection)


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


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"\x00" * 100, b"GET /\xff\xfe HTTP/1.1\r\n\r\n", b"GET  HTTP/9.9\r\n\r\n"]
)
def test_garbage_is_400_or_closed_and_the_server_goes_on(server: Server, garbage: bytes) -> None:
    with _connect(server) as connection:
        connection.sendall(garbage + b"\r\n\r\n")
        answer = _answer(connection)
        assert answer == b"" or b" 400 " in answer
    with _connect(server) as connection:
        connection.sendall(_REQUEST + b"\r\n")
        assert b" 200 " in _answer(connection)


def test_no_bad_connection_left_a_trace_in_the_log(server: Server) -> None:
    assert "Traceback" not in server.log.read_text()
