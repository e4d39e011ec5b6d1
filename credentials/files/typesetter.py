"""The process that sets a page. It sees one empty folder with what it is given, no network and no packages, and has little time and memory.

A template is code. Started as `python -m credentials.files.typesetter FOLDER SECONDS BYTES`: sets `main.typ` of the folder and writes the
PDF (PDF/A-3b, so that the credential can lie in it) to `page.pdf`. Exit code 1 with the reason on standard error when it cannot.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import sys
from pathlib import Path

import typst

_NEW_NETWORK = 0x4000_0000 | 0x1000_0000  # CLONE_NEWNET | CLONE_NEWUSER (unshare(2))
_MOST_FILES = 64
_LONGEST_REASON = 500


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
    """Sets the page."""
    folder, seconds, memory = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    confine(seconds, memory)
    empty = str(folder / "none")
    os.environ |= {
        "TYPST_PACKAGE_PATH": empty,
        "TYPST_PACKAGE_CACHE_PATH": empty,
        "XDG_CACHE_HOME": empty,
        "XDG_DATA_HOME": empty,
        "HOME": empty,
    }
    try:
        page = typst.compile(
            str(folder / "main.typ"), root=str(folder), format="pdf", pdf_standards=["a-3b"], ignore_system_fonts=True, sys_inputs={}
        )
    except typst.TypstError as error:
        print(str(error)[:_LONGEST_REASON], file=sys.stderr)
        return 1
    (folder / "page.pdf").write_bytes(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
