"""What lies in deploy/ fits the product: settings, paths and users are those that there are, and nothing runs with more than it needs."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from jejak.observability import Observations, operator_routes
from jejak.settings import Settings
from lrs.stores.memory import memory_stores
from tests.support.clock import SettableClock

_FOLDER = Path(__file__).parents[2] / "deploy"
_FILES = sorted(path for path in _FOLDER.rglob("*") if path.is_file())


def _documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((_FOLDER / name).read_text()))


def _containers() -> list[dict[str, Any]]:
    found = []
    for name in ("kubernetes/jejak.yaml", "kubernetes/migrate.yaml"):
        for document in _documents(name):
            if document["kind"] in ("Deployment", "Job"):
                pod = document["spec"]["template"]["spec"]
                assert pod["securityContext"]["runAsNonRoot"]
                found += pod["containers"]
    return found


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_is_one(path: Path) -> None:
    named = {name.lower() for name in re.findall(r"JEJAK_([A-Z][A-Z0-9_]*)", path.read_text())}
    assert named <= Settings.model_fields.keys()


def test_probes_ask_for_paths_that_are_served() -> None:
    routes = operator_routes(memory_stores(SettableClock()), Observations(), ())
    served = {getattr(route, "path", "") for route in routes.routes}
    asked = {one[probe]["httpGet"]["path"] for one in _containers() for probe in one if probe.endswith("Probe")}
    assert len(asked) == 2
    assert asked <= served


def test_no_container_may_write_its_root_or_gain_rights() -> None:
    for container in _containers():
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"]
        assert not context["allowPrivilegeEscalation"]
        assert context["capabilities"] == {"drop": ["ALL"]}
    services = _documents("compose.yaml")[0]["services"]
    ours = {name: service for name, service in services.items() if service["image"] == "jejak"}
    assert ours.keys() == {"migrate", "web1", "web2"}
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in ours.values())


def test_the_replica_set_of_compose_is_the_one_of_the_address() -> None:
    services = _documents("compose.yaml")[0]["services"]
    members = {name for name, service in services.items() if "--replSet" in service.get("command", ())}
    address = services["web1"]["environment"]["JEJAK_STORE"]
    assert set(address.removeprefix("mongodb://").partition("/")[0].split(",")) == members == {"mongo1", "mongo2", "mongo3"}
    assert all(f'host: "{member}"' in services["replica-set"]["command"][-1] for member in members)
    assert all(f"server {web}:8000;" in (_FOLDER / "nginx-compose.conf").read_text() for web in ("web1", "web2"))


def test_the_image_runs_as_the_user_of_the_manifests_and_the_unit_writes_in_one_folder() -> None:
    dockerfile = (_FOLDER / "Dockerfile").read_text()
    assert "USER 10001" in dockerfile
    assert "--require-hashes" in dockerfile
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # its keys have capitals
    unit.read(_FOLDER / "jejak.service")
    service = unit["Service"]
    assert (service["DynamicUser"], service["ProtectSystem"], service["StateDirectory"]) == ("yes", "strict", "jejak")
    assert service["Environment"] == "JEJAK_DATA_DIR=/var/lib/jejak"


@pytest.mark.parametrize("name", ["nginx.conf", "nginx-compose.conf", "jejak-headers.conf"])
def test_the_proxys_files_have_balanced_blocks_and_hide_what_is_for_operators(name: str) -> None:
    text = re.sub(r"#.*", "", (_FOLDER / name).read_text())
    assert text.count("{") == text.count("}")
    assert all(line.endswith((";", "{", "}")) for line in map(str.strip, text.splitlines()) if line)
    assert "location" not in text or "metrics|health" in text
