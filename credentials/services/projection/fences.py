"""The fences of the parts of the projector's work: read first, and written with what was judged after that."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from credentials.ports.records import Put, Records, Replace, Write
from credentials.stores.sharing import FENCES, PARTS, Fence, part_of


async def fences_of(records: Records, persons: Iterable[str]) -> list[Write]:
    """Conditions for a commit: nobody else has written a judgement of a person in these persons' parts since."""
    parts = sorted({part_of(one) for one in persons})
    kept = await asyncio.gather(*(records.get(FENCES, part) for part in parts))
    return [
        Replace(FENCES, Fence(part, one.value.turns + 1 if one else 1), one.revision if one else 0)
        for part, one in zip(parts, kept, strict=True)
    ]


def every_fence(turns: int) -> list[Write]:
    """For a commit that changes what judgements rest on: whatever is judged at the moment, in any part, is not written."""
    return [Put(FENCES, Fence(part, turns)) for part in range(PARTS)]
