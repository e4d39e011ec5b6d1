"""The servers that are compared: Jejak, an echo that is as bare as a server can be, and Ralph without its store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.errors import NotMeasuredError
from bench.processes import Server, free_port, plain_environment

KEY, SECRET = "bench", "bench-secret-that-is-long-enough"
FILE = "jejak.sqlite3"  # the store in a data folder
_RALPH = Path(__file__).parent / ".ralph"
_RALPH_APP = Path(__file__).parent / "ralph"


def jejak_server(data: Path, **settings: str) -> Server:
    """`jejak serve` over the folder `data`, with the settings that it has by default and a client KEY with scope `all`."""
    port = free_port()
    environment = plain_environment() | {
        "JEJAK_HOST": "127.0.0.1",
        "JEJAK_PORT": str(port),
        "JEJAK_DATA_DIR": str(data),
        "JEJAK_SEED_KEY": KEY,
        "JEJAK_SEED_SECRET": SECRET,
    }
    environment |= {f"JEJAK_{name.upper()}": value for name, value in settings.items()}
    command = (sys.executable, "-m", "jejak", "serve")
    return Server(command, port, data.with_name(data.name + ".log"), environment, "/health/ready", data / FILE)


def echo_server(folder: Path) -> Server:
    """An ASGI application that answers a body with itself, under the flags that `jejak serve` gives uvicorn."""
    port = free_port()
    return Server((sys.executable, "-m", "bench.echo", str(port)), port, folder / "echo.log", plain_environment())


def ralph_server(folder: Path) -> Server:
    """Ralph with a store that keeps nothing. Raises NotMeasuredError when `make bench` has not installed it."""
    python = _RALPH / "bin" / "python"
    if not python.exists():
        raise NotMeasuredError("Ralph is not installed: `make bench` does it where the package index can be reached")
    home = folder / "ralph"
    home.mkdir(exist_ok=True)
    hashed = subprocess.run(
        (python, "-c", "import bcrypt, sys; print(bcrypt.hashpw(sys.argv[1].encode(), bcrypt.gensalt(4)).decode())", SECRET),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.strip()
    user = {"username": KEY, "hash": hashed, "scopes": ["all"], "agent": {"mbox": "mailto:bench@lms.example.org"}}
    (home / "auth.json").write_text(json.dumps([user]))
    environment = plain_environment() | {
        "RALPH_APP_DIR": str(home),
        "RALPH_AUTH_FILE": str(home / "auth.json"),
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(home),
        "PYTHONPATH": os.fspath(_RALPH_APP),
    }
    port = free_port()
    command = (str(python), "-m", "uvicorn", "app:app", "--host", "127.0.0.1", "--port", str(port))
    flags = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning")
    return Server((*command, *flags), port, folder / "ralph.log", environment, "/__heartbeat__")
