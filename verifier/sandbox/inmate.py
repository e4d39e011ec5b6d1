"""What runs in the fork: reads one file, checks it, reports, ends. The kernel ends it when it takes too long or too much."""

from __future__ import annotations

import resource
import signal
import socket
import time

from verifier.errors import CheckError, UnavailableError
from verifier.readers.reading import read_file
from verifier.report import Report, Step
from verifier.running import Run
from verifier.sandbox.confining import confine
from verifier.sandbox.limits import MEMORY, SECONDS, WALL_SECONDS, too_much, unreadable
from verifier.sandbox.wire import Answer, Job, Question, Word, encoded, read_answer, read_job, receive
from verifier.sources.ports import Fetched, Json
from verifier.trust import KnownIssuer
from verifier.verification import verify


class _Clock:
    """Ends the process by a signal that nobody catches, even inside a library: when it has computed for too long, and, should it ever wait
    for something else than us, after a longer time by the clock on the wall.
    """

    def __init__(self) -> None:
        self._left = WALL_SECONDS
        self._since = 0.0
        signal.setitimer(signal.ITIMER_PROF, SECONDS)

    def run(self) -> None:
        self._since = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, max(self._left, 0.001))

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        self._left -= time.monotonic() - self._since


class _Asking:
    """Sources that ask the pool."""

    def __init__(self, connection: socket.socket, clock: _Clock) -> None:
        self._connection = connection
        self._clock = clock

    def issuer(self, did: str) -> KnownIssuer | None:
        return self._ask("issuer", did).issuer

    def issuer_of_key(self, key: str) -> KnownIssuer | None:
        return self._ask("issuer_of_key", key).issuer

    def is_verifier(self, link: str) -> bool:
        return self._ask("is_verifier", link).yes

    def did_document(self, did: str) -> Json:
        return self._ask("did_document", did).json or {}

    def status_list(self, url: str) -> Fetched:
        found = self._ask("status_list", url).fetched
        if found is None:
            raise UnavailableError("the status list could not be fetched")
        return found

    def context(self, url: str) -> Json:
        return self._ask("context", url).json or {}

    def certificate(self, link: str) -> str | None:
        return self._ask("certificate", link).text

    def log_proof(self, certificate: str) -> str | None:
        return self._ask("log_proof", certificate).text

    def _ask(self, what: str, of: str) -> Answer:
        self._clock.stop()
        self._connection.sendall(encoded(Word(question=Question(what, of))))
        answer = read_answer(receive(self._connection))
        self._clock.run()
        if answer.unavailable is not None:
            raise UnavailableError(answer.unavailable.text, **answer.unavailable.values)
        return answer


def limit() -> None:
    """Before anything of a stranger is looked at."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS) + 1, int(SECONDS) + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    for ending in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(ending, signal.SIG_DFL)
    confine()


def serve(connection: socket.socket) -> None:
    """One file."""
    limit()
    job, content, clock = read_job(receive(connection)), receive(connection), _Clock()
    clock.run()
    try:
        report = _report(content, _Asking(connection, clock), job)
    except MemoryError:
        report = too_much()
    except Exception:  # a library's own: whatever a file makes it do is a report, not an error of ours
        report = unreadable()
    clock.stop()
    connection.sendall(encoded(Word(report=report)))


def _report(content: bytes, sources: _Asking, job: Job) -> Report:
    try:
        exhibit = read_file(content)
    except CheckError as error:
        run = Run("")
        run.failed(Step.FORMAT, error.reason, error.verdict)
        return run.report()
    return verify(exhibit, sources, job.now)
