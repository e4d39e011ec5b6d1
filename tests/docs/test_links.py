"""Whatever a page of the documentation links to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_PAGES = sorted([*_ROOT.glob("*.md"), *(_ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"(?<!\!)\[[^\]]+\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def _anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(page.read_text())}


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(_ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for one, other in _LINK.findall(text):
        link = one or other
        if re.match(r"[a-z]+:|/", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name} links to {link}"
        if anchor and target.suffix == ".md":
            assert anchor in _anchors(target), f"{page.name} links to {link}"


def test_every_page_is_in_the_index() -> None:
    index = (_ROOT / "docs" / "index.md").read_text()
    assert {page.name for page in (_ROOT / "docs").glob("*.md")} - {"index.md"} == set(re.findall(r"\]\((\w[\w-]*\.md)\)", index))


def test_each_decision_has_a_number_of_its_own() -> None:
    names = [page.name for page in (_ROOT / "docs" / "adr").glob("*.md") if page.name != "README.md"]
    numbers = [name[:4] for name in names]
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", name) for name in names)
    assert len(set(numbers)) == len(numbers)


def test_every_decision_is_in_their_list_by_its_title() -> None:
    folder = _ROOT / "docs" / "adr"
    told = dict(re.findall(r"^- \[\d{4}\]\((\S+)\) (.+)$", (folder / "README.md").read_text(), re.MULTILINE))
    titles = {page.name: re.sub(r"^# \d+[.:] ", "", page.read_text().splitlines()[0]) for page in folder.glob("0*.md")}
    assert told == titles
