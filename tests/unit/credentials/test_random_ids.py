"""Random ids."""

from __future__ import annotations

import uuid

from credentials.services.random_ids import RandomIds


def test_every_id_is_a_uuid_of_version_4_and_none_comes_twice() -> None:
    draw = RandomIds()
    ids = [draw() for _ in range(5_000)]
    assert len(set(ids)) == 5_000
    assert all(uuid.UUID(one).version == 4 and uuid.UUID(one).variant == uuid.RFC_4122 and str(uuid.UUID(one)) == one for one in ids)
