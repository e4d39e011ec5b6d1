"""The door for developers opens on a loopback address only; a server without sign-in says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from jejak.settings import Settings
from tests.support.product import product_client


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "jejak.go.id"])
def test_a_development_login_beyond_this_machine_is_refused_at_the_start(host: str) -> None:
    with pytest.raises(ValidationError, match="JEJAK_DEV_LOGIN"):
        Settings(dev_login=True, host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_this_machine_it_may_be_switched_on(host: str) -> None:
    assert Settings(dev_login=True, host=host).dev_login


async def test_without_it_there_is_no_such_door(tmp_path: Path) -> None:
    async with product_client(tmp_path) as http:
        assert (await http.post("/masuk/dev", data={"person": "x"})).status_code in (404, 405)
        assert "JEJAK_OIDC_ISSUER" in (await http.get("/masuk")).text
        assert (await http.get("/masuk/oidc")).status_code == 404
        answer = await http.get("/saya/sertifikat")
        assert (answer.status_code, answer.headers["location"]) == (303, "/masuk?next=/saya/sertifikat")


async def test_the_way_back_leads_to_pages_of_our_own_only(tmp_path: Path) -> None:
    async with product_client(tmp_path, dev_login=True) as http:
        for wanted in ("https://penipu.test/", "//penipu.test", "/saya/../x\\y", "/lain"):
            assert wanted not in (await http.get("/masuk", params={"next": wanted})).text
        assert (await http.get("/masuk/kembali?code=x&state=y")).status_code == 403
        assert (await http.post("/masuk/dev", data={"person": "nobody"})).status_code == 403
