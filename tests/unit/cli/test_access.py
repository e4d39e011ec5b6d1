"""`jejak admin`, `jejak provider` and `jejak client`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine

_AGENT = '{"objectType":"Agent","mbox":"mailto:sari@example.org"}'
_UUID = "6fd5b0ee-9a1c-4b5b-8f7c-3a5c7be8f0b1"


@pytest.fixture
def jejak(tmp_path: Path) -> CommandLine:
    """A store with one provider."""
    line = CommandLine(tmp_path / "data")
    assert line("provider", "add", "balai-a", "Balai A").exit_code == 0
    return line


def _client(jejak: CommandLine, *more: str) -> str:
    key: str = jejak.row("client", "add", "balai-a", "Moodle", "--scope", "statements/write", *more)["api-key"]
    return key


def test_a_provider_is_added_shown_changed_and_switched(jejak: CommandLine) -> None:
    first = {"id": "balai-a", "name": "Balai A", "time_zone": "Asia/Jakarta", "active": True}
    assert jejak.rows("provider", "list") == [first]
    changed = first | {"name": "Balai Besar A", "time_zone": "Asia/Makassar"}
    assert jejak.row("provider", "set", "balai-a", "--name", "Balai Besar A", "--time-zone", "Asia/Makassar") == changed
    assert jejak.row("provider", "disable", "balai-a") == changed | {"active": False}
    assert jejak.row("provider", "enable", "balai-a") == jejak.row("provider", "show", "balai-a") == changed


def test_a_client_is_added_with_everything_that_can_be_said_of_one(jejak: CommandLine) -> None:
    options = {
        "--scope": "state", "--authority": _AGENT, "--time-zone": "Asia/Jayapura", "--rate-limit": "600", "--expires": "2027-12-31",
        "--origin": "https://Course.example.org:443/", "--actor": _AGENT, "--registration": _UUID, "--subject": "moodle", "--key": "moodle",
    }  # fmt: skip
    added = jejak.row("client", "add", "balai-a", "Moodle", *(part for pair in options.items() for part in pair))
    secret = added.pop("secret-key")
    assert len(secret) > 40
    assert added == jejak.row("client", "show", "moodle") == jejak.row("client", "show", added["id"])
    assert added | {"id": ""} == {
        "id": "", "api-key": "moodle", "provider": "balai-a", "label": "Moodle", "scopes": ["state"], "authority": _AGENT,
        "time_zone": "Asia/Jayapura", "rate_limit": 600, "expires": 1_830_211_200_000_000, "origins": ["https://course.example.org"],
        "bound_actor": _AGENT, "bound_registration": _UUID, "subject": "moodle", "active": True, "live_secrets": 1, "old_secret_until": 0,
    }  # fmt: skip


def test_set_changes_what_is_named_and_leaves_the_rest(jejak: CommandLine) -> None:
    limits = ("--rate-limit", "60", "--expires", "2027-12-31T17:00+07:00")
    key = _client(jejak, *limits, "--actor", _AGENT, "--origin", "https://a.example.org")
    before = jejak.row("client", "show", key)
    assert before["expires"] == 1_830_247_200_000_000
    after = jejak.row("client", "set", key, "--label", "LMS", "--scope", "define", "--scope", "state", "--actor", "", "--origin", "")
    assert after == before | {"label": "LMS", "scopes": ["define", "state"], "bound_actor": "", "origins": []}
    assert jejak.row("client", "set", key, "--expires", "never", "--rate-limit", "0") == after | {"expires": 0, "rate_limit": 0}


def test_a_rotated_client_has_two_live_secrets_until_the_old_one_is_retired(jejak: CommandLine) -> None:
    key = _client(jejak)
    rotated = jejak.row("client", "rotate", key, "--keep-hours", "24")
    assert rotated["live_secrets"] == 2
    assert rotated["old_secret_until"] > 0
    assert jejak.row("client", "retire", key)["live_secrets"] == 1
    assert jejak.row("client", "rotate", key, "--keep-hours", "0")["live_secrets"] == 1


def test_a_client_is_switched_and_removed(jejak: CommandLine) -> None:
    key = _client(jejak)
    assert jejak.row("client", "disable", key)["active"] is False
    assert jejak.row("client", "enable", key)["active"] is True
    refused = jejak("client", "remove", key)
    assert (refused.exit_code, "--yes" in refused.stderr) == (2, True)
    assert jejak("client", "remove", key, "--yes").exit_code == 0
    assert jejak("client", "show", key).exit_code == 1


def test_clients_are_listed_of_one_provider_or_of_all(jejak: CommandLine) -> None:
    jejak("provider", "add", "balai-b", "Balai B")
    one, two = _client(jejak), jejak.row("client", "add", "balai-b", "H5P", "--scope", "all")["api-key"]
    assert {row["api-key"] for row in jejak.rows("client", "list")} == {one, two}
    assert [row["api-key"] for row in jejak.rows("client", "list", "--provider", "balai-b")] == [two]


def test_an_own_secret_comes_from_standard_input_and_is_not_kept(jejak: CommandLine) -> None:
    own = "a secret of twelve and more"
    added = jejak.row("client", "add", "balai-a", "Old", "--scope", "all", "--own-secret", given=own + "\n")
    assert added["secret-key"] == own
    assert own.encode() not in b"".join(one.read_bytes() for one in jejak.data_dir.iterdir() if one.is_file())
    assert jejak("client", "rotate", added["id"], "--own-secret", given="short\n").exit_code == 2


@pytest.mark.parametrize(("group", "command"), [("client", "add"), ("client", "rotate"), ("admin", "create"), ("admin", "reset")])
def test_no_command_takes_a_secret_as_an_argument(jejak: CommandLine, group: str, command: str) -> None:
    assert jejak(group, command, "x", "--secret", "visible-to-everybody").exit_code == 2


def test_a_secret_is_shown_when_it_is_made_and_never_again(jejak: CommandLine) -> None:
    made = jejak("client", "add", "balai-a", "Moodle", "--scope", "all")
    secret = next(line.split()[-1] for line in made.stdout.splitlines() if line.startswith("secret-key"))
    assert secret.startswith("js_")
    shown = jejak("client", "list").stdout + jejak("client", "list", "--json").stdout
    assert secret not in shown
    assert "Moodle" in shown


def test_administrators_are_made_listed_switched_and_given_new_secrets(tmp_path: Path) -> None:
    jejak = CommandLine(tmp_path / "data")
    made = jejak.row("admin", "create", "siti")
    jejak("admin", "create", "inspektorat", "--role", "auditor")
    assert jejak.rows("admin", "list") == [
        {"name": "inspektorat", "role": "auditor", "active": True},
        {"name": "siti", "role": "overseer", "active": True},
    ]
    assert jejak.row("admin", "reset", "siti")["secret-key"] != made["secret-key"]
    assert jejak.row("admin", "disable", "siti")["active"] is False
    assert jejak.row("admin", "enable", "siti")["active"] is True


@pytest.mark.parametrize(
    "command", ["provider show none", "provider set none --name X", "client show none", "client rotate none", "admin reset none"]
)
def test_what_is_not_there_is_a_failure(jejak: CommandLine, command: str) -> None:
    result = jejak(*command.split())
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("jejak: ")


def test_a_name_that_is_taken_is_a_failure(jejak: CommandLine) -> None:
    assert jejak("provider", "add", "balai-a", "Again").exit_code == 1
    _client(jejak, "--key", "moodle")
    assert jejak("client", "add", "balai-a", "Again", "--scope", "all", "--key", "moodle").exit_code == 1
    assert jejak("client", "add", "balai-b", "Nobody's", "--scope", "all").exit_code == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ("provider", "add", "Balai B", "name"),
        ("provider", "add", "balai-b", "name", "--time-zone", "Asia/Atlantis"),
        ("provider", "set", "balai-a"),
        ("client", "add", "balai-a", "x"),
        ("client", "add", "balai-a", "x", "--scope", "every"),
        ("client", "add", "balai-a", "", "--scope", "all"),
        ("client", "add", "balai-a", "\ud800", "--scope", "all"),
        ("client", "add", "balai-a", "x", "--scope", "all", "--key", "a:b"),
        ("client", "add", "balai-a", "x", "--scope", "all", "--expires", "soon"),
        ("client", "add", "balai-a", "x", "--scope", "all", "--origin", "example.org"),
        ("client", "add", "balai-a", "x", "--scope", "all", "--origin", "https://example.org/course"),
        ("client", "add", "balai-a", "x", "--scope", "all", "--rate-limit", "-1"),
        ("client", "add", "balai-a", "x", "--scope", "all", "--actor", "{}"),
        ("client", "add", "balai-a", "x", "--scope", "all", "--authority", "sari"),
        ("client", "add", "balai-a", "x", "--scope", "all", "--registration", "7"),
        ("admin", "create", "a:b"),
        ("admin", "create", "siti", "--role", "king"),
        ("client", "fly"),
    ],
)
def test_a_wrong_call_is_two_and_changes_nothing(jejak: CommandLine, wrong: tuple[str, ...]) -> None:
    result = jejak(*wrong)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
    assert jejak.rows("client", "list") == jejak.rows("admin", "list") == []
    assert len(jejak.rows("provider", "list")) == 1


def test_set_without_a_change_is_a_wrong_call(jejak: CommandLine) -> None:
    assert jejak("client", "set", _client(jejak)).exit_code == 2


def test_in_a_folder_without_a_store_nothing_is_made(tmp_path: Path) -> None:
    jejak = CommandLine(tmp_path / "data")
    result = jejak("client", "list")
    assert result.exit_code == 2
    assert "no store" in result.stderr
    assert not jejak.data_dir.exists()


def test_a_store_in_memory_is_not_for_the_command_line(tmp_path: Path) -> None:
    assert CommandLine(tmp_path, store="memory:")("client", "list").exit_code == 2


def test_a_setting_that_makes_no_sense_is_a_wrong_call(tmp_path: Path) -> None:
    result = CommandLine(tmp_path, prot="8000")("client", "list")
    assert result.exit_code == 2
    assert "JEJAK_PORT" in result.stderr


def test_a_store_that_cannot_be_used_is_three(tmp_path: Path) -> None:
    (tmp_path / "jejak.sqlite3").write_bytes(b"not a database" * 100)
    assert CommandLine(tmp_path)("client", "list").exit_code == 3


def test_signatures_of_a_statement_that_is_not_there_are_not_there(jejak: CommandLine) -> None:
    assert jejak("statements", "signatures", _UUID).exit_code == 1
    assert jejak("statements", "signatures", "nonsense").exit_code == 2
