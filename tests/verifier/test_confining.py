"""What an inmate cannot do, even when what it reads has taken it over: start a program, open a connection, write a file."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

_TRY = """
import os, socket
from verifier.sandbox.inmate import limit
limit()
def told(what, work):
    try:
        work()
    except OSError as error:
        print(what, error.errno)
    else:
        print(what, "done")
told("read", lambda: open("/etc/hostname").read())
told("socket", lambda: socket.socket())
told("exec", lambda: os.execv("/bin/true", ["true"]))
told("kill", lambda: os.kill(os.getppid(), 0))
told("write", lambda: (lambda file: (file.write(b"x"), file.flush()))(open({path!r}, "wb")))
"""


def test_the_kernel_refuses_an_inmate_programs_connections_signals_and_writing(tmp_path: os.PathLike[str]) -> None:
    path = os.path.join(tmp_path, "x")
    code = textwrap.dedent(_TRY).replace("{path!r}", repr(path))
    # a file may not grow: the signal that says so is ignored, so that the error is seen
    done = subprocess.run(
        [sys.executable, "-c", "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split("\n")[:5] == ["read done", "socket 1", "exec 1", "kill 1", "write 27"], done.stderr
