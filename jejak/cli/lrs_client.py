"""Speaking to any LRS over HTTP: batches of statements out, pages of statements in, and patience when it is busy."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import msgspec

_BUSY = {429, 502, 503, 504}
_TRIES = 8
_LONGEST_WAIT = 300.0  # seconds; who asks for more is asked again sooner, or the command would seem to hang
_TIMEOUT = httpx.Timeout(60, connect=10)
_SHOWN = 400  # characters of an answer that is not ours

Params = dict[str, str]


class RefusedError(Exception):
    """The LRS does not want what was sent: `status` is 4xx, `where` its path into what was sent, "" when it names none."""

    def __init__(self, message: str, status: int, where: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.where = where


class UnreachableError(Exception):
    """The LRS could not be reached, or stayed busy or broken through all tries."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where an LRS is and how to sign in. `url` is the folder that holds `statements`; `version` goes into the version header."""

    url: str
    key: str
    secret: str
    version: str = "1.0.3"


class _Result(msgspec.Struct):
    """A StatementResult whose statements stay the bytes they are."""

    statements: list[msgspec.Raw]
    more: str = ""


class LrsClient:
    """One connection to one LRS. `sleep` waits so many seconds."""

    def __init__(self, access: Access, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._url = httpx.URL(access.url.rstrip("/") + "/statements")
        self._sleep = sleep
        self._http = httpx.Client(
            auth=httpx.BasicAuth(access.key, access.secret), headers={"X-Experience-API-Version": access.version}, timeout=_TIMEOUT
        )

    def __enter__(self) -> LrsClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def _place(self) -> str:
        """Without what may stand in an address and is nobody's business."""
        return f"{self._url.scheme}://{self._url.netloc.decode()}"

    def post(self, statements: list[bytes]) -> None:
        """Stores them, whole or not at all. Raises RefusedError, UnreachableError."""
        body = b"[" + b",".join(statements) + b"]"
        request = self._http.build_request("POST", self._url, content=body, headers={"Content-Type": "application/json"})
        self._send(request)

    def pages(self, params: Params, language: str = "") -> Iterator[list[bytes]]:
        """Page after page, following `more` on the same server only. Raises RefusedError, UnreachableError."""
        headers = {"Accept-Language": language} if language else {}
        url = self._url.copy_merge_params(params) if params else self._url
        while True:
            result = _read_result(self._send(self._http.build_request("GET", url, headers=headers)))
            yield [bytes(one) for one in result.statements]
            if not result.more:
                return
            url = url.join(result.more)
            if (url.scheme, url.host, url.port) != (self._url.scheme, self._url.host, self._url.port):
                raise UnreachableError("the LRS says that the next page lies on another server; the key is not sent there")

    def _send(self, request: httpx.Request) -> httpx.Response:
        """The answer to `request`, sent again while the LRS is busy: a statement with an id does not become two by that."""
        problem = ""
        for attempt in range(_TRIES):
            try:
                response = self._http.send(request)
            except httpx.TransportError as error:
                problem, asked = f"no answer from the LRS at {self._place} ({type(error).__name__})", None
            else:
                if response.is_success:
                    return response
                if response.status_code not in _BUSY:
                    raise _failure(response)
                problem, asked = f"the LRS answered {response.status_code}", _retry_after(response)
            if attempt + 1 < _TRIES:
                self._sleep(_backoff(attempt) if asked is None else min(asked, _LONGEST_WAIT))
        raise UnreachableError(f"{problem}, {_TRIES} times")


def _backoff(attempt: int) -> float:
    """Half a second, then about twice as long each time; not quite the same for everybody who waits."""
    return 0.5 * 2.0**attempt * random.uniform(0.75, 1.25)  # noqa: S311  # no secret depends on it


def _retry_after(response: httpx.Response) -> float | None:
    """What `Retry-After` asks for, in seconds: it is a number or a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _failure(response: httpx.Response) -> RefusedError | UnreachableError:
    if response.status_code >= 500:
        return UnreachableError(f"the LRS answered {response.status_code}")
    message, where = _told(response)
    answered = f"the LRS answered {response.status_code}"
    if response.status_code == 404:
        answered += " (--url is the endpoint, such as http://127.0.0.1:8000/xapi)"
    return RefusedError(f"{answered}: {message[:_SHOWN]}" if message else answered, response.status_code, where)


def _told(response: httpx.Response) -> tuple[str, str]:
    """What an error says, and where in the request; LRSs put it into JSON in one of a few ways, or into plain text."""
    try:
        told = msgspec.json.decode(response.content, type=dict[str, object])
    except msgspec.DecodeError:
        return " ".join(response.text.split()), ""
    inner = told.get("error")
    answer = inner if isinstance(inner, dict) else told
    message = next((text for name in ("message", "error") if isinstance(text := answer.get(name), str)), "")
    where = answer.get("where")
    return message, where if isinstance(where, str) else ""


def _read_result(response: httpx.Response) -> _Result:
    try:
        return msgspec.json.decode(response.content, type=_Result)
    except msgspec.DecodeError as error:
        raise UnreachableError("what answers at this address is no LRS: the answer is no StatementResult") from error
