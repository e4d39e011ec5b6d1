"""docs/conformance.md names modules and tests that are there, and leaves out no module that holds rules of the specification."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_PAGE = (_ROOT / "docs" / "conformance.md").read_text()
_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `([\w/]+\.py)` \| `([\w/]+\.py)::(\w+)` \|$", re.MULTILINE)
_ROWS = _ROW.findall(_PAGE)


@cache
def _tests(path: Path) -> frozenset[str]:
    """The tests of a file: functions, methods of classes, and state machines that are given a name."""
    tree = ast.parse(path.read_text())
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    machines = {one.id for node in tree.body if isinstance(node, ast.Assign) for one in node.targets if isinstance(one, ast.Name)}
    return frozenset(name for name in functions | machines if name.lower().startswith("test"))


def test_every_row_of_the_table_is_read() -> None:
    section = _PAGE.partition("## Clause by clause")[2].partition("## Other people")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ") and not line.startswith("| clause ")]
    assert len(_ROWS) == len(lines)
    assert len(_ROWS) >= 90


@pytest.mark.parametrize(("clause", "rule", "module", "path", "test"), _ROWS, ids=[f"{clause}-{rule}" for clause, rule, *_ in _ROWS])
def test_the_module_and_the_test_of_each_clause_are_there(clause: str, rule: str, module: str, path: str, test: str) -> None:
    assert (_ROOT / "lrs" / module).is_file()
    assert test in _tests(_ROOT / "tests" / path)


def test_every_module_of_the_specifications_rules_has_its_row() -> None:
    plumbing = {"__init__.py", "rule.py", "pieces.py"}  # how a rule says that it is broken; what need not be read again
    rules = {f"xapi/{path.name}" for path in (_ROOT / "lrs" / "xapi").glob("*.py")} - {f"xapi/{name}" for name in plumbing}
    assert rules == {module for _, _, module, _, _ in _ROWS if module.startswith("xapi/")}


def test_the_official_suites_passed_whole() -> None:
    found = re.findall(r"^\| (1\.0\.3|2\.0\.0) \| `/xapi2?` \| (\d+) of (\d+) \| [0-9a-f]{12} \| \d{4}-\d\d-\d\d \|$", _PAGE, re.MULTILINE)
    assert [(version, passed) for version, passed, _ in found] == [("1.0.3", "1365"), ("2.0.0", "1442")]
    assert all(passed == total for _, passed, total in found)
