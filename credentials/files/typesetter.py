"""The process that sets pages by one template. It sees one empty folder with what it is given, no network and no packages, and has little
time for a page, and little memory.

A template is code. Started as `python -m credentials.files.typesetter FOLDER SECONDS BYTES PAGES`: for each line on standard input it sets
`main.typ` of the folder, writes the PDF (PDF/A-3b, so that the credential can lie in it) to `page.pdf`, and answers with a line: empty, or
the reason why it cannot. Typst remembers nothing from page to page but what it can compute again. It ends after so many pages, when its
input ends, and when nobody has asked for a while.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import sys
from pathlib import Path

import typst

_NEW_NETWORK = 0x4000_0000 | 0x1000_0000  # CLONE_NEWNET | CLONE_NEWUSER (unshare(2))
_MOST_FILES = 64
_LONGEST_REASON = 500
_IDLE_SECONDS = 60.0


def confine(seconds: int, memory: int) -> None:
    """No more than this, and nobody to talk to. Where the kernel refuses a network of one's own, proxies that are not there stand in."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory, memory))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_FILES, _MOST_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        os.environ[name] = "http://127.0.0.1:9"


def main(arguments: list[str]) -> int:
    """Sets pages until there is no more to do."""
    folder, seconds, memory, pages = Path(arguments[0]), *(int(one) for one in arguments[1:])
    confine(seconds * pages, memory)
    empty = str(folder / "none")
    os.environ |= {
        "TYPST_PACKAGE_PATH": empty,
        "TYPST_PACKAGE_CACHE_PATH": empty,
        "XDG_CACHE_HOME": empty,
        "XDG_DATA_HOME": empty,
        "HOME": empty,
    }
    for _ in range(pages):
        if not select.select([0], [], [], _IDLE_SECONDS)[0] or not os.read(0, 1):
            break
        signal.setitimer(signal.ITIMER_PROF, seconds)  # the kernel ends us when it runs out: nothing here catches the signal
        reason = _set(folder)
        signal.setitimer(signal.ITIMER_PROF, 0)
        os.write(1, reason.encode("utf-8", "replace") + b"\n")
    return 0


def _set(folder: Path) -> str:
    """What is wrong with the template; "" for nothing."""
    try:
        page = typst.compile(
            str(folder / "main.typ"), root=str(folder), format="pdf", pdf_standards=["a-3b"], ignore_system_fonts=True, sys_inputs={}
        )
    except typst.TypstError as error:
        return (str(error).strip().splitlines() or ["Typst does not say what is wrong"])[-1][:_LONGEST_REASON]
    (folder / "page.pdf").write_bytes(page)
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
