"""docs/api.md lists the administration's routes and the parameters of the xAPI resources: all of them, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from lrs.xapi.query import PARAMETERS
from tests.support.product import application_over, product_client

_PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
_OWN = ("/admin/administrators", "/admin/providers", "/admin/clients", "/admin/creds", "/admin/statements")


async def test_every_route_of_clients_and_keys_is_listed_with_its_methods(tmp_path: Path) -> None:
    application = application_over(tmp_path)
    async with application.running():
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://jejak.test") as client:
            described = (await client.get("/api/openapi.json")).json()["paths"]
    served = {
        path: {method.upper() for method in methods}
        for path, methods in described.items()
        if path.startswith(_OWN) and path.removeprefix("/admin/").split("/")[0] in {one.removeprefix("/admin/") for one in _OWN}
    }
    listed = {path: set(methods.split(", ")) for path, methods in re.findall(r"^\| `(/admin/[^`]+)` \| ([A-Z, ]+) \|", _PAGE, re.MULTILINE)}
    assert {path: methods for path, methods in listed.items() if path in served} == {
        path: served[path] for path in served if path in listed
    }
    assert set(listed) <= set(served)
    assert {path for path in served if re.fullmatch(r"/admin/(administrators|clients|creds)(/.*)?", path)} <= set(listed)


def test_every_parameter_of_statements_is_listed() -> None:
    row = next(line for line in _PAGE.splitlines() if line.startswith("| `statements` | GET |"))
    assert set(re.findall(r"`(\w+)`", row.split("|")[3])) == PARAMETERS


@pytest.mark.parametrize("row", re.findall(r"^\| `([a-z/]+)` \| ([A-Z, ]+) \|", _PAGE.partition("### Errors")[0], re.MULTILINE))
async def test_each_resource_does_what_its_row_says(tmp_path: Path, row: tuple[str, str]) -> None:
    resource, methods = row
    async with product_client(tmp_path) as client:
        allowed = (await client.request("PATCH", f"/xapi/{resource}")).headers["Allow"].split(", ")
    assert set(methods.split(", ")) <= set(allowed)
