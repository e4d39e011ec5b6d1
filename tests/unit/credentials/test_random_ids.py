"""Random ids."""

from __future__ import annotations

import uuid

from credentials.services.random_ids import RandomIds


def test_every_id_is_a_uuid_of_version_4_and_none_comes_twice() -> None:
    draw = RandomIds()
    ids = [draw() for _ in range(5_000)]
    assert len(set(ids)) == 5_000
    assert all(uuid.UUID(one).version == 4 and uuid.UUID(one).variant == uuid.RFC_4122 and str(uuid.UUID(one)) == one for one in ids)


def test_those_of_a_draw_lie_together_and_no_two_draws_do() -> None:
    draw = RandomIds()
    ids = [draw() for _ in range(3_072)]
    beginnings = [{one[:8] for one in ids[start : start + 1_024]} for start in range(0, 3_072, 1_024)]
    assert [len(one) for one in beginnings] == [1, 1, 1]
    assert len(set.union(*beginnings)) == 3
    assert len({one[9:] for one in ids}) == 3_072
