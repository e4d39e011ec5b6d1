"""`jejak db`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import apsw
import pytest
from typer.testing import CliRunner, Result

from credentials.stores.decisions import DECISIONS, DecisionLog
from credentials.stores.sqlite.records import open_sqlite_records
from jejak.cli.db import db_app
from lrs.clock import SystemClock
from lrs.stores.sqlite import open_sqlite_stores
from lrs.stores.sqlite.engine import SqliteEngine
from tests.support.statements import EVERYTHING, batch, sentence, statement_id


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "jejak.sqlite3"


def _db(path: Path | str, *arguments: str) -> Result:
    return CliRunner().invoke(db_app, list(arguments), env={"JEJAK_STORE": f"sqlite:///{path}" if isinstance(path, Path) else path})


def _put(path: Path, number: int) -> None:
    async def put() -> None:
        stores = await open_sqlite_stores(path, SystemClock())
        await stores.statements.put(batch(sentence(number)))
        await stores.engine.close()

    asyncio.run(put())


def _decide(path: Path, actor: str) -> None:
    async def decide() -> None:
        stores = await open_sqlite_stores(path, SystemClock())
        assert isinstance(stores.engine, SqliteEngine)
        log = DecisionLog(await open_sqlite_records(stores.engine.database, (DECISIONS,)), SystemClock())
        await log.append(actor=actor, kind="batch.closed", subject="batch:b1")
        await stores.engine.close()

    asyncio.run(decide())


def _has(path: Path, number: int) -> bool:
    async def get() -> bool:
        stores = await open_sqlite_stores(path, SystemClock())
        found = await stores.statements.get(statement_id(number), EVERYTHING)
        await stores.engine.close()
        return found is not None

    return asyncio.run(get())


def test_migrate_makes_a_store_that_check_finds_whole(path: Path) -> None:
    assert _db(path, "migrate").exit_code == 0
    assert _db(path, "migrate").exit_code == 0
    result = _db(path, "check")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no problems" in result.stderr


def test_check_tells_each_problem_and_ends_with_one(path: Path) -> None:
    _put(path, 1)
    connection = apsw.Connection(str(path))
    connection.execute("UPDATE statement SET id = randomblob(16)")
    connection.close()
    result = _db(path, "check")
    assert result.exit_code == 1
    assert "another id" in result.stdout


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM record_decision WHERE key = (SELECT min(key) FROM record_decision)",
        "UPDATE record_decision SET content = CAST(replace(CAST(content AS TEXT), ':rini', ':budi') AS BLOB)",
    ],
    ids=["missing", "changed"],
)
def test_check_finds_a_log_of_decisions_that_somebody_touched(path: Path, harm: str) -> None:
    _decide(path, "administrator:rini")
    _decide(path, "administrator:rini")
    assert _db(path, "check").exit_code == 0
    connection = apsw.Connection(str(path))
    connection.execute(harm)
    assert connection.changes() > 0
    connection.close()
    result = _db(path, "check")
    assert result.exit_code == 1
    assert "the log of decisions is broken at number 1" in result.stdout


def test_a_backup_is_restored_with_what_it_held(path: Path, tmp_path: Path) -> None:
    _put(path, 1)
    assert _db(path, "backup", str(tmp_path / "backup")).exit_code == 0
    _put(path, 2)
    assert _db(path, "restore", "--force", str(tmp_path / "backup")).exit_code == 0
    assert _has(path, 1)
    assert not _has(path, 2)
    assert _db(path, "check").exit_code == 0


def test_restore_without_force_leaves_what_is_there(path: Path, tmp_path: Path) -> None:
    _put(path, 1)
    _db(path, "backup", str(tmp_path / "backup"))
    _put(path, 2)
    result = _db(path, "restore", str(tmp_path / "backup"))
    assert result.exit_code == 1
    assert "--force" in result.stderr
    assert _has(path, 2)


def test_a_backup_never_overwrites(path: Path, tmp_path: Path) -> None:
    _put(path, 1)
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "mine").write_text("x")
    assert _db(path, "backup", str(tmp_path / "backup")).exit_code == 1
    assert [one.name for one in (tmp_path / "backup").iterdir()] == ["mine"]


@pytest.mark.parametrize("arguments", [["check"], ["backup", "out"]])
def test_a_store_that_is_not_there_is_a_wrong_call(path: Path, arguments: list[str]) -> None:
    result = _db(path, *arguments)
    assert result.exit_code == 2
    assert "no store" in result.stderr


def test_a_folder_without_a_backup_is_a_failure(path: Path, tmp_path: Path) -> None:
    assert _db(path, "restore", str(tmp_path)).exit_code == 1


def test_a_file_that_is_not_ours_cannot_be_used(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 100)
    assert _db(path, "migrate").exit_code == 3


@pytest.mark.parametrize("named", ["argument", "setting"])
@pytest.mark.parametrize("store", ["memory:", "mongodb://localhost/jejak"])
def test_another_kind_of_store_is_a_wrong_call(store: str, named: str) -> None:
    result = _db(store, "check") if named == "setting" else _db("", "check", "--store", store)
    assert result.exit_code == 2
    assert "sqlite:///" in result.stderr


def test_the_store_may_be_named_as_a_path(path: Path) -> None:
    assert _db("", "migrate", "--store", str(path)).exit_code == 0
    assert path.exists()


def test_without_a_store_the_data_folder_of_the_settings_is_meant(tmp_path: Path) -> None:
    result = CliRunner().invoke(db_app, ["migrate"], env={"JEJAK_DATA_DIR": str(tmp_path), "JEJAK_STORE": ""})
    assert result.exit_code == 0
    assert (tmp_path / "jejak.sqlite3").exists()
