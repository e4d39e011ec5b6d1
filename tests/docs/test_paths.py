"""Files and modules that documentation and docstrings name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_FOLDERS = ("schemas", "lrs", "credentials", "verifier", "jejak", "bench", "tests", "docs")
_PAGES = sorted([*_ROOT.glob("*.md"), *(_ROOT / "docs").rglob("*.md")])
_MADE_LATER = {"bench/.ralph", "bench/results", "bench/results/latest.md"}  # by `make bench`
_PATH = re.compile(rf"(?<![\w./-])(?:{'|'.join(_FOLDERS)})/[\w./-]*[\w/]")
_NAME = re.compile(rf"`((?:{'|'.join(_FOLDERS[:6])})\.[a-z_.]*[a-z_])(?:\.([A-Z]\w*))?`")


def _missing_modules(text: str) -> set[str]:
    """Dotted names whose module, or the class in it, is not there; what a module has besides may be told by its last part."""
    missing = set()
    for dotted, named in _NAME.findall(text):
        path = _ROOT / dotted.replace(".", "/")
        module, last = (path, named) if path.is_dir() or path.with_suffix(".py").exists() else (path.parent, path.name)
        source = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
        if not source.exists() or (last and re.search(rf"\b{last}\b", source.read_text()) is None):
            missing.add(f"{dotted}.{named}" if named else dotted)
    return missing


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(_ROOT)))
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    named = {path.rstrip("/") for path in _PATH.findall(page.read_text())} - _MADE_LATER
    assert {path for path in named if not (_ROOT / path).exists()} == set()


@pytest.mark.parametrize("package", [*_FOLDERS[:6], "docs"])
def test_every_module_that_is_named_is_there(package: str) -> None:
    files = [path for path in (_ROOT / package).rglob("*.*") if path.suffix in (".py", ".md") and ".ralph" not in path.parts]
    assert {(path.name, name) for path in files for name in _missing_modules(path.read_text())} == set()
