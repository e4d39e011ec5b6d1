"""Administrators."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lrs.errors import ConflictError, NotFoundError
from lrs.ports import Administrator, Secret, Stores

RATNA = Administrator("ratna", Secret("scrypt", b"\x01\xff" * 32, b"\x00garam"), "auditor", False, 1_795_500_000_000_000)
BAGUS = Administrator("bagus", Secret("scrypt", b"\x02" * 64, b"garam"))


class AdministratorStoreContract:
    """See `lrs.ports.AdministratorStore`."""

    async def test_an_administrator_comes_back_as_added(self, stores: Stores) -> None:
        await stores.administrators.add(RATNA)
        assert await stores.administrators.get("ratna") == RATNA

    async def test_an_unknown_name_is_none(self, stores: Stores) -> None:
        assert await stores.administrators.get("ratna") is None
        assert await stores.administrators.all() == []

    async def test_all_are_listed_by_name(self, stores: Stores) -> None:
        await stores.administrators.add(RATNA)
        await stores.administrators.add(BAGUS)
        assert await stores.administrators.all() == [BAGUS, RATNA]

    async def test_a_name_is_taken_once(self, stores: Stores) -> None:
        await stores.administrators.add(RATNA)
        with pytest.raises(ConflictError):
            await stores.administrators.add(replace(BAGUS, name="ratna"))
        assert await stores.administrators.all() == [RATNA]

    async def test_a_saved_administrator_is_replaced(self, stores: Stores) -> None:
        await stores.administrators.add(RATNA)
        changed = replace(RATNA, secret=BAGUS.secret, active=True, role="overseer")
        await stores.administrators.save(changed)
        assert await stores.administrators.all() == [changed]

    async def test_an_unknown_administrator_cannot_be_saved(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError):
            await stores.administrators.save(RATNA)
        assert await stores.administrators.all() == []
