"""Small modules, small functions, and nothing of any one machine in what is committed."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_PACKAGES = ("schemas", "lrs", "credentials", "verifier", "bench", "jejak")
_MODULE_LINES, _FUNCTION_LINES = 300, 50


def _modules() -> list[Path]:
    return [path for package in _PACKAGES for path in sorted((_ROOT / package).rglob("*.py")) if ".ralph" not in path.parts]


def test_no_module_has_more_than_300_lines() -> None:
    assert {str(path.relative_to(_ROOT)) for path in _modules() if len(path.read_text().splitlines()) > _MODULE_LINES} == set()


def test_no_function_has_more_than_50_lines() -> None:
    long = set()
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= _FUNCTION_LINES:
                long.add(f"{path.relative_to(_ROOT)}:{node.name}")
    assert long == set()


def test_lock_files_carry_hashes_and_no_addresses() -> None:
    for name in ("requirements/runtime.txt", "requirements/dev.txt", "requirements/go.txt", "bench/ralph/requirements.txt"):
        lock = (_ROOT / name).read_text()
        assert "--hash=sha256:" in lock
        assert re.search(r"https?://|--(extra-)?index-url|--find-links", lock) is None
    packages = (_ROOT / "tests" / "clients" / "package-lock.json").read_text()
    assert '"integrity"' in packages
    assert '"resolved"' not in packages


def test_no_committed_file_names_a_path_of_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=_ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    pattern = re.compile(r"/(?:home|root|Users)/[a-z.]|" + re.escape(str(_ROOT.parent) + "/"))
    guilty = []
    for name in listed:
        path = _ROOT / name
        if not name or not path.is_file() or path.suffix in (".png", ".pdf") or path == Path(__file__):
            continue
        if pattern.search(path.read_text(errors="ignore")):
            guilty.append(name)
    assert guilty == []


def test_one_sqlite_library_only() -> None:
    """Two in one process on one file would break each other's locks: docs/adr/0003-apsw.md."""
    guilty = [
        str(path.relative_to(_ROOT))
        for path in _modules()
        if re.search(r"^\s*(?:import|from) (?:aio)?sqlite", path.read_text(), re.MULTILINE)
    ]
    assert guilty == []
