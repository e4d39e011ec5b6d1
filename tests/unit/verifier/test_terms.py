"""The table of terms says the same as expanding the document does."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.verifying import document
from verifier.checks.term_table import NotInTableError, first_undefined
from verifier.checks.terms import check_terms, expanded_undefined
from verifier.errors import CheckError

Json = dict[str, Any]
_NAMES = (
    "id",
    "type",
    "name",
    "achievement",
    "criteria",
    "narrative",
    "creditsEarned",
    "evidence",
    "result",
    "image",
    "jp",
    "BitstringStatusListEntry",
)
_TYPES = ("Profile", "Achievement", "BitstringStatusListEntry", "OpenBadgeCredential", "JP", "ext:JP", "Alignment", "IdentityObject")


def _nodes(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


def _changed(chance: random.Random) -> Json:
    """The certificate with one or two things in it renamed, moved, retyped or made relative."""
    made = copy.deepcopy(document())
    for _ in range(chance.randint(1, 2)):
        nodes = [node for node in _nodes(made) if node]
        node = chance.choice(nodes)
        names = [name for name in node if name != "@context"]
        name, what = chance.choice(names), chance.randrange(4)
        if what == 0:
            node[chance.choice(_NAMES)] = node.pop(name)
        elif what == 1 and name != "type":
            chance.choice(nodes)[name] = copy.deepcopy(node[name])
        elif what == 2:
            node["type"] = chance.sample(_TYPES, chance.randint(1, 2))
        else:
            node["id"] = chance.choice(["halaman/1", "urn:x:y", "tanpa-skema", "https://jejak.test/x"])
    return made


@pytest.mark.parametrize("seed", range(150))
def test_the_table_and_the_long_way_agree_on_whether_every_term_is_defined(seed: int) -> None:
    made = _changed(random.Random(seed))
    try:
        quick = first_undefined(made)
        slow = expanded_undefined(made, {})
    except (NotInTableError, CheckError):
        return  # what the table does not know goes the long way; what is no linked data at all is refused there
    assert (quick is None) == (slow is None), (quick, slow, json.dumps(made))


def test_most_of_those_are_decided_by_the_table() -> None:
    decided = 0
    for seed in range(150):
        try:
            first_undefined(_changed(random.Random(seed)))
            decided += 1
        except NotInTableError:
            pass
    assert decided > 100


def test_the_certificate_itself_has_no_undefined_term() -> None:
    check_terms(document(), {})


@pytest.mark.parametrize("empty", [None, []])
def test_an_empty_member_is_refused_at_any_depth(empty: object) -> None:
    made = document()
    made["credentialSubject"]["achievement"]["resultDescription"][0]["valueMin"] = empty
    with pytest.raises(CheckError, match="empty"):
        check_terms(made, {})
