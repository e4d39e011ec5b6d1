"""`make bench-mongo` runs on any server, and leaves nothing there."""

from __future__ import annotations

from pymongo import AsyncMongoClient

from bench.mongo import bench
from tests.support.mongo.server_pair import MongoServer


async def test_the_bench_tells_five_rows_and_drops_its_databases(mongo: MongoServer) -> None:
    rows = await bench(mongo.base, 20)
    assert [row.split(",")[0].split("  ")[0] for row in rows] == [
        "single POST",
        "POST of 100",
        "single POST",
        "GET by id",
        "GET a page of 100",
    ]
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(mongo.base)
    assert not [name for name in await client.list_database_names() if name.startswith("jejak-bench")]
    await client.close()
