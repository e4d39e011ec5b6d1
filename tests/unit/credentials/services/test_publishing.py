"""What is published as files comes in an order in which it can be served while it is written. (That it is right: e2e, the log.)"""

from __future__ import annotations

import json
from pathlib import Path

from credentials.log.merkle import leaf_hash, node_hash
from credentials.log.note import parse_checkpoint, parse_note
from credentials.services.publishing import Publishing
from credentials.stores.memory import MemoryRecords
from jejak.public_files import trust_lists, write_public
from tests.support.issuing import Office, open_office
from tests.support.learning import PROVIDER


async def _files(office: Office) -> dict[str, bytes]:
    publishing = Publishing(office.records, office.stores.clients, office.keys, office.log)
    return {path: content async for path, content in publishing.files()}


async def test_keys_lists_and_log_come_as_files_with_the_checkpoint_last() -> None:
    office = await open_office(MemoryRecords())
    assert await _files(office) == {}
    issued = [await office.issue(number) for number in (1, 2)]
    files = await _files(office)
    lists = [f"issuers/{PROVIDER}/status/{purpose}/1{ending}" for purpose in ("revocation", "suspension") for ending in ("", ".jwt")]
    tiles = ["log/tile/entries/000.p/2", "log/tile/0/000.p/2"]
    assert list(files) == [f"issuers/{PROVIDER}/did.json", *lists, *tiles, "log/key", "log/checkpoint"]
    assert json.loads(files[f"issuers/{PROVIDER}/did.json"])["id"] == office.keys.did(PROVIDER)
    head = parse_checkpoint(parse_note(files["log/checkpoint"].decode()).text)
    leaves = sorted(leaf_hash(one.digest) for one in issued)
    assert sorted((files["log/tile/0/000.p/2"][:32], files["log/tile/0/000.p/2"][32:])) == leaves
    assert head.root == node_hash(files["log/tile/0/000.p/2"][:32], files["log/tile/0/000.p/2"][32:])


def test_what_did_not_change_is_left_alone_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "issuers" / "balai" / "did.json"
    assert write_public(path, b"{}")
    before = path.stat().st_mtime_ns
    assert not write_public(path, b"{}")
    assert path.stat().st_mtime_ns == before
    assert write_public(path, b"[]")
    assert [one.name for one in path.parent.iterdir()] == ["did.json"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_every_trust_list_comes_before_the_newest(tmp_path: Path) -> None:
    for name in ("1.root.json", "1.list.json", "2.list.json", "list.json", "draft.json"):
        (tmp_path / name).write_text("{}")
    assert [one.name for one in trust_lists(tmp_path)] == ["1.list.json", "2.list.json", "list.json"]
    assert trust_lists(None) == []
