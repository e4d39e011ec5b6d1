"""Sets a template, as a process of its own: `python -m credentials.printing.setting`, JSON on standard input, PDF on standard output.

A template is code. So it runs with limits on time, memory and files, with an empty folder as its root, without packages, and without
the fonts and the environment of the machine.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from pathlib import Path

_CPU_SECONDS = 10
_MEMORY = 1024 * 1024 * 1024  # bytes of address space: typst maps its fonts
_FILE = 20 * 1024 * 1024


def main() -> int:
    """0 when it is set; 1 with the reason on standard error."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE, _FILE))
    import typst  # behind the limits

    asked = json.loads(sys.stdin.buffer.read())
    with tempfile.TemporaryDirectory(prefix="jejak-typst-") as folder:
        root = Path(folder)
        (root / "empty").mkdir()
        source = root / "main.typ"
        source.write_text(asked["template"])
        try:
            made = typst.compile(
                str(source),
                root=str(root),
                sys_inputs={"told": json.dumps(asked["told"])},
                ignore_system_fonts=True,
                pdf_standards=["a-3b"],
                package_path=str(root / "empty"),
            )
        except typst.TypstError as error:
            sys.stderr.write(str(error)[:2_000])
            return 1
    sys.stdout.buffer.write(bytes(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
