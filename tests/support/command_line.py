"""The command line in process, over one data folder; `run_jejak` is the same as a program of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from jejak.cli.app import app

_ROOT = Path(__file__).parents[2]


class CommandLine:
    """`jejak …` with JEJAK_DATA_DIR; `settings` become further JEJAK_* variables."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self._environment: dict[str, str | None] = {name: None for name in os.environ if name.startswith("JEJAK_")}
        self._environment |= {"JEJAK_DATA_DIR": str(data_dir)} | {f"JEJAK_{name.upper()}": value for name, value in settings.items()}

    def __call__(self, *arguments: str, given: str = "") -> Result:
        return CliRunner().invoke(app, list(arguments), env=self._environment, input=given)

    def rows(self, *arguments: str, given: str = "") -> list[dict[str, Any]]:
        """The JSON objects that a command which must succeed prints with `--json`."""
        result = self(*arguments, "--json", given=given)
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    def row(self, *arguments: str, given: str = "") -> dict[str, Any]:
        """The only one of `rows`."""
        (found,) = self.rows(*arguments, given=given)
        return found


def run_jejak(data_dir: Path, *arguments: str, given: bytes = b"", **settings: str) -> subprocess.CompletedProcess[bytes]:
    """The real program, to its end."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JEJAK_")}
    environment |= {"JEJAK_DATA_DIR": str(data_dir)} | {f"JEJAK_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "jejak", *arguments]
    return subprocess.run(command, input=given, capture_output=True, env=environment, cwd=_ROOT, timeout=120)
