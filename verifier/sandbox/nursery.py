"""A process that has loaded and warmed everything, and forks once for each upload: `python -m verifier.sandbox.nursery FD`.

A fork takes milliseconds; a new interpreter with all the readers would take a second. It has no threads, so forking is safe. Over its
socket comes one file descriptor for each upload; it ends when the other end is closed.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
from datetime import UTC, datetime

from verifier.sandbox.inmate import serve
from verifier.sources.ports import FixedSources
from verifier.verification import verify_text

_WARMING = (
    '{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],'
    '"type":["VerifiableCredential","OpenBadgeCredential"],"issuer":"did:web:none.invalid","credentialSubject":{"id":"urn:x:y"},'
    '"proof":{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","verificationMethod":"did:web:none.invalid#x",'
    '"proofPurpose":"assertionMethod","proofValue":"z1"}}'
)


def main(control: socket.socket) -> None:
    """Until the other end is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the forks
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server; we end when it does
    verify_text(_WARMING, FixedSources(), datetime.now(UTC))
    gc.collect()
    gc.freeze()  # so that a fork shares memory with us for longer
    while True:
        content, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not content:
            return
        if os.fork() == 0:
            _be_inmate(control, descriptors[0])
        os.close(descriptors[0])


def _be_inmate(control: socket.socket, descriptor: int) -> None:
    """Never returns."""
    status = 1
    with contextlib.suppress(BaseException):
        control.close()
        with contextlib.suppress(OSError, EOFError):
            serve(socket.socket(fileno=descriptor))
        status = 0
    os._exit(status)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
    os._exit(0)  # nothing is left to be tidied
