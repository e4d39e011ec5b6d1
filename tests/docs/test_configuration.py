"""docs/configuration.md and the settings say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jejak.settings import Settings, load_settings
from lrs.errors import ConfigurationError

_PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
_ROW = re.compile(r"^\| `JEJAK_([A-Z0-9_]+)` \| (?:`(.*)`|none) \| (.+) \|$", re.MULTILINE)


def test_every_setting_stands_in_the_documentation_with_its_default_and_nothing_else_does() -> None:
    documented = {name.lower(): (default, what) for name, default, what in _ROW.findall(_PAGE.read_text())}
    defaults = {
        name: ("" if field.default in (None, "") else str(field.default), field.description)
        for name, field in Settings.model_fields.items()
    }
    assert documented == defaults


def test_an_unknown_setting_is_refused_with_the_nearest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JEJAK_PROT", "9000")
    with pytest.raises(ConfigurationError, match="did you mean JEJAK_PORT"):
        load_settings()


def test_an_unknown_setting_that_is_like_none_is_told_where_all_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JEJAK_NONSENSE", "1")
    with pytest.raises(ConfigurationError, match=r"configuration\.md lists all"):
        load_settings()


def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JEJAK_PORT", "many")
    with pytest.raises(ConfigurationError, match="JEJAK_PORT"):
        load_settings()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"SEED_KEY": "k"}, "JEJAK_SEED_KEY and JEJAK_SEED_SECRET"),
        ({"OAUTH_ISSUER": "https://masuk.test"}, "JEJAK_OAUTH_AUDIENCE"),
        ({"SIGNATURE_REQUIRED": "true"}, "JEJAK_SIGNATURE_ANCHORS"),
        ({"PUBLIC_URL": "jejak.test"}, "JEJAK_PUBLIC_URL: this must be an http or https address"),
        ({"STORE": "sqlite:///"}, "JEJAK_STORE"),
        ({"STORE": "mongodb://db.test/jejak", "LIMIT_JSON": "16000000"}, "JEJAK_LIMIT_JSON"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused_by_name(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], told: str) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"JEJAK_{name}", value)
    with pytest.raises(ConfigurationError) as refused:
        load_settings()
    assert told in refused.value.message


def test_no_refusal_repeats_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JEJAK_SEED_KEY", "k" * 300)
    with pytest.raises(ConfigurationError) as refused:
        load_settings()
    assert "kkk" not in refused.value.message
