"""The directory of activities."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lrs.errors import ConflictError
from lrs.ports import Stores, Wall
from tests.support.statements import EVERYTHING, MINE, OTHERS, batch, found, other_batch, sentence

_IRI = "https://kursus.test/arsip"


def _definition(**names: str) -> tuple[tuple[str, bytes], ...]:
    """That the activity has these names, by language."""
    return ((_IRI, json.dumps({"name": names}).encode()),)


async def _names(stores: Stores, wall: Wall = EVERYTHING) -> Any:
    definition = await stores.directory.definition(_IRI, wall)
    return None if definition is None else json.loads(definition)["name"]


class ActivityDirectoryContract:
    """See `lrs.ports.ActivityDirectory`."""

    async def test_an_unknown_activity_has_no_definition(self, stores: Stores) -> None:
        assert await stores.directory.definition(_IRI, EVERYTHING) is None

    async def test_a_statement_whose_client_may_not_define_leaves_no_definition(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1, object="arsip")))
        assert await stores.directory.definition(_IRI, EVERYTHING) is None

    async def test_a_definition_is_kept(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1, activities=_definition(id="Arsip"))))
        assert await _names(stores) == {"id": "Arsip"}

    async def test_languages_of_several_statements_add_up(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1, activities=_definition(id="Arsip"))))
        await stores.statements.put(
            batch(sentence(2, activities=_definition(en="Archive")), sentence(3, activities=_definition(jv="Arsip")))
        )
        assert await _names(stores) == {"id": "Arsip", "en": "Archive", "jv": "Arsip"}

    async def test_each_provider_has_definitions_of_its_own(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1, activities=_definition(id="Arsip"))))
        await stores.statements.put(other_batch(sentence(2, activities=_definition(id="Lain", en="Other"))))
        assert await _names(stores, MINE) == {"id": "Arsip"}
        assert await _names(stores, OTHERS) == {"id": "Lain", "en": "Other"}
        assert await _names(stores, Wall("balai-timur")) is None

    async def test_across_providers_the_first_to_define_is_answered(self, stores: Stores) -> None:
        await stores.statements.put(other_batch(sentence(1, activities=_definition(id="Lain"))))
        await stores.statements.put(batch(sentence(2, activities=_definition(id="Arsip"))))
        await stores.statements.put(other_batch(sentence(3, activities=_definition(en="Other"))))
        assert await _names(stores, EVERYTHING) == {"id": "Lain", "en": "Other"}

    async def test_a_refused_batch_defines_nothing(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1)))
        with pytest.raises(ConflictError):
            await stores.statements.put(batch(sentence(2, activities=_definition(id="Arsip")), sentence(1, verb="passed")))
        assert await _names(stores) is None
        await stores.statements.put(batch(sentence(3, activities=_definition(id="Arsip"))))
        assert await _names(stores) == {"id": "Arsip"}

    async def test_a_statement_that_is_passed_over_defines_nothing(self, stores: Stores) -> None:
        await stores.statements.put(batch(sentence(1, activities=_definition(id="Arsip"))))
        await stores.statements.put(batch(sentence(1, activities=_definition(id="Berubah"))))
        assert await _names(stores) == {"id": "Arsip"}
        assert await found(stores.statements) == [1]

    async def test_one_statement_may_define_several_activities(self, stores: Stores) -> None:
        other = ("https://kursus.test/lain", b'{"type":"https://jenis.test/modul"}')
        await stores.statements.put(batch(sentence(1, activities=(*_definition(id="Arsip"), other))))
        definition = await stores.directory.definition("https://kursus.test/lain", MINE)
        assert definition is not None
        assert json.loads(definition) == {"type": "https://jenis.test/modul"}
