"""`jejak db` and the server's key file: a backup without it is useless, so it goes along, to the right place, readable by nobody else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jejak.cli.db import key_path
from tests.support.command_line import CommandLine


@pytest.fixture
def jejak(tmp_path: Path) -> CommandLine:
    """A store that lies elsewhere than its key file."""
    line = CommandLine(tmp_path / "data", store=f"sqlite:///{tmp_path / 'db' / 'jejak.sqlite3'}")
    assert line("provider", "add", "balai-a", "Balai A").exit_code == 0
    assert not (tmp_path / "db" / "secret.key").exists()
    return line


def _elsewhere(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "new-data", store=f"sqlite:///{tmp_path / 'new-db' / 'jejak.sqlite3'}")


def test_a_backup_holds_the_key_file_for_its_owner_only(jejak: CommandLine, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    result = jejak("db", "backup", str(backup))
    assert result.exit_code == 0
    assert f"key file {backup / 'secret.key'}" in result.stderr.replace("\n", "")
    assert (backup / "secret.key").read_bytes() == (jejak.data_dir / "secret.key").read_bytes()
    assert ((backup / "secret.key").stat().st_mode & 0o777, backup.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_restored_key_file_goes_where_the_server_looks_for_it(jejak: CommandLine, tmp_path: Path) -> None:
    jejak("db", "backup", str(tmp_path / "backup"))
    new = _elsewhere(tmp_path)
    result = new("db", "restore", str(tmp_path / "backup"))
    assert result.exit_code == 0
    assert str(new.data_dir / "secret.key") in result.stderr
    assert (new.data_dir / "secret.key").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "new-db" / "secret.key").exists()
    assert [row["id"] for row in new.rows("provider", "list")] == ["balai-a"]
    assert new("db", "check").exit_code == 0


def test_a_key_file_left_out_is_missed_after_restore(jejak: CommandLine, tmp_path: Path) -> None:
    assert jejak("db", "backup", str(tmp_path / "backup"), "--without-key").exit_code == 0
    assert not (tmp_path / "backup" / "secret.key").exists()
    new = _elsewhere(tmp_path)
    restored = new("db", "restore", str(tmp_path / "backup"))
    assert (restored.exit_code, "no key file" in restored.stderr) == (0, True)
    checked = new("db", "check")
    assert (checked.exit_code, "no key file" in checked.stdout) == (1, True)
    assert new("provider", "list").exit_code == 2
    assert not (new.data_dir / "secret.key").exists()
    new.data_dir.mkdir(exist_ok=True)
    shutil.copy2(jejak.data_dir / "secret.key", new.data_dir / "secret.key")
    assert new("db", "check").exit_code == new("provider", "list").exit_code == 0


def test_a_backup_whose_key_file_is_missing_is_refused_unless_told(jejak: CommandLine, tmp_path: Path) -> None:
    (jejak.data_dir / "secret.key").rename(tmp_path / "kept.key")
    refused = jejak("db", "backup", str(tmp_path / "backup"))
    assert (refused.exit_code, "--without-key" in refused.stderr) == (1, True)
    assert not (tmp_path / "backup").exists()
    assert jejak("db", "backup", str(tmp_path / "one"), "--key-file", str(tmp_path / "kept.key")).exit_code == 0
    assert jejak("db", "backup", str(tmp_path / "two"), "--without-key").exit_code == 0


def test_another_stores_key_is_found_out_and_refused(jejak: CommandLine, tmp_path: Path) -> None:
    other = CommandLine(tmp_path / "other")
    other("provider", "add", "balai-b", "Balai B")
    shutil.copy2(other.data_dir / "secret.key", jejak.data_dir / "secret.key")
    checked = jejak("db", "check")
    assert (checked.exit_code, "another store" in checked.stdout) == (1, True)
    assert jejak("client", "list").exit_code == 2
    assert jejak("db", "backup", str(tmp_path / "backup")).exit_code == 1


def test_restore_overwrites_no_other_key_and_moves_it_aside_when_told(jejak: CommandLine, tmp_path: Path) -> None:
    jejak("db", "backup", str(tmp_path / "backup"))
    other = CommandLine(tmp_path / "other")
    other("provider", "add", "balai-b", "Balai B")
    before = {one: one.read_bytes() for one in other.data_dir.iterdir()}
    assert other("db", "restore", str(tmp_path / "backup")).exit_code == 1
    assert {one: one.read_bytes() for one in other.data_dir.iterdir()} == before
    result = other("db", "restore", "--force", str(tmp_path / "backup"))
    assert result.exit_code == 0
    assert result.stderr.count("moved aside") == 2
    assert [row["id"] for row in other.rows("provider", "list")] == ["balai-a"]
    assert (other.data_dir / "secret.key.before-restore").read_bytes() == before[other.data_dir / "secret.key"]
    again = other("db", "restore", "--force", str(tmp_path / "backup"))
    assert again.exit_code == 0
    assert (other.data_dir / "jejak.sqlite3.before-restore-1").exists()
    assert (other.data_dir / "secret.key.before-restore").read_bytes() == before[other.data_dir / "secret.key"]


def test_a_log_that_is_left_without_its_database_is_in_the_way(jejak: CommandLine, tmp_path: Path) -> None:
    jejak("db", "backup", str(tmp_path / "backup"))
    new = _elsewhere(tmp_path)
    log = tmp_path / "new-db" / "jejak.sqlite3-wal"
    log.parent.mkdir()
    log.write_bytes(b"of another database")
    assert new("db", "restore", str(tmp_path / "backup")).exit_code == 1
    assert new("db", "restore", "--force", str(tmp_path / "backup")).exit_code == 0
    assert log.with_name("jejak.sqlite3.before-restore-wal").read_bytes() == b"of another database"
    assert new("db", "check").exit_code == 0


def test_where_the_old_key_is_lost_for_good_another_one_is_accepted_when_told(jejak: CommandLine) -> None:
    (jejak.data_dir / "secret.key").unlink()
    assert jejak("client", "list").exit_code == 2
    assert jejak("db", "accept-key").exit_code == 2
    assert jejak("db", "accept-key", "--yes").exit_code == 0
    assert jejak("client", "list").exit_code == jejak("db", "check").exit_code == 0


def test_the_key_file_of_a_named_store_lies_beside_it(tmp_path: Path) -> None:
    assert key_path("named", tmp_path / "a.sqlite3", None) == tmp_path / "secret.key"
    assert key_path("named", tmp_path / "a.sqlite3", tmp_path / "k") == tmp_path / "k"
