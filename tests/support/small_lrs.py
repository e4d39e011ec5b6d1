"""Another LRS, as the command line meets it: an HTTP server on loopback that keeps statements in a dict and fails when told to."""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

KEY, SECRET = "kunci", "rahasia"


@dataclass(frozen=True)
class Answer:
    """One answer in place of what a request would get."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class SmallLrs:
    """`upcoming`: answers for the next requests, first come first served; then it does its work. `page_size`: statements a page.
    `more`: what stands before the number of the next page in `more`.
    """

    page_size: int = 3
    more: str = "/xapi/statements?page="
    statements: dict[str, bytes] = field(default_factory=dict)
    upcoming: list[Answer] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    batches: list[list[str]] = field(default_factory=list)

    def __enter__(self) -> SmallLrs:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/xapi"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def store(self, body: bytes) -> Answer:
        statements: list[dict[str, object]] = json.loads(body)
        for index, statement in enumerate(statements):
            if statement.get("verb") == "wrong":
                told = {"message": "this verb is none", "where": f"statements[{index}].verb"}
                return Answer(400, json.dumps(told).encode())
        self.batches.append([str(statement["id"]) for statement in statements])
        for statement in statements:
            self.statements.setdefault(str(statement["id"]), json.dumps(statement).encode())
        return Answer(200, json.dumps([statement["id"] for statement in statements]).encode())

    def page(self, params: dict[str, list[str]]) -> Answer:
        size = int(params.get("limit", [str(self.page_size)])[0])
        start = int(params.get("page", ["0"])[0]) * self.page_size
        found = list(self.statements.values())[start : start + size]
        more = f"{self.more}{start // self.page_size + 1}" if start + size < len(self.statements) and "limit" not in params else ""
        return Answer(200, b'{"statements":[%b],"more":%b}' % (b",".join(found), json.dumps(more).encode()))


def _handler(lrs: SmallLrs) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self) -> None:
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            lrs.requests.append((self.command, self.path, dict(self.headers.items())))
            expected = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
            if self.headers["Authorization"] != expected:
                answer = Answer(401, b'{"message":"who are you?"}')
            elif lrs.upcoming:
                answer = lrs.upcoming.pop(0)
            elif self.command == "POST":
                answer = lrs.store(body)
            else:
                answer = lrs.page(parse_qs(urlsplit(self.path).query))
            self.send_response(answer.status)
            for name, value in (*answer.headers, ("Content-Length", str(len(answer.body))), ("Content-Type", "application/json")):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *values: object) -> None:
            """Says nothing."""

    return Handler
