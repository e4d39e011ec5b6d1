"""The learner's pages in a real browser: signing in with an OpenID provider, hours with reasons, downloads, links, sessions, who
looked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.support.browser import browser
from tests.support.learner_world import COACH, HR, NAME, YEAR, LearnerWorld, learner_server
from tests.support.openid_provider import CLIENT, SECRET, free_port, openid_provider

LOGIN = "sekar.contoh"
_AXE = Path(__file__).parents[1] / "pages" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LearnerWorld]:
    """The server knows the provider, and the provider where to send people back to."""
    port = free_port()
    with openid_provider(f"http://127.0.0.1:{port}/masuk/kembali") as issuer:
        settings = {"oidc_issuer": issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        with learner_server(tmp_path_factory.mktemp("people"), port=port, **settings) as made:
            made.give_login(NAME, LOGIN)
            yield made


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(driver: Playwright) -> Iterator[Browser]:
    with browser(driver) as started:
        yield started


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(locale="id-ID", viewport={"width": 390, "height": 800}, accept_downloads=True)
    yield made
    made.close()


def _signed_in(world: LearnerWorld, context: BrowserContext, name: str = NAME) -> Page:
    """By the door for developers: the other tests are not about signing in."""
    page = context.new_page()
    page.goto(f"{world.url}/masuk")
    page.get_by_label("Id orang, atau NIP").fill(world.ids[name])
    page.get_by_role("button", name="Masuk sebagai orang ini").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Jam saya")
    return page


def test_a_learner_signs_in_with_the_provider_sees_the_year_and_downloads(world: LearnerWorld, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{world.url}/saya/sertifikat")
    page.get_by_role("link", name="Masuk", exact=True).click()
    page.locator("input[name=login]").fill(LOGIN)
    page.locator("input[name=password]").fill("apa saja")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]").click()
    expect(page).to_have_url(f"{world.url}/saya/sertifikat")
    with page.expect_download() as download:
        page.locator("li", has=page.locator(f"#c-{world.certificates[0]}")).get_by_role("link", name="sebagai JWT").click()
    token = Path(download.value.path()).read_text()
    assert httpx.post(f"{world.url}/verify", content=token, timeout=30).json()["verdict"] == "valid"
    page.goto(f"{world.url}/saya")
    expect(page.get_by_role("img", name="15 dari 20 JP")).to_be_visible()


def test_what_a_reason_assumes_by_number_is_told_below_the_lines(world: LearnerWorld, context: BrowserContext) -> None:
    page = _signed_in(world, context)
    expect(page.get_by_text("Anggapan: 3").first).to_be_visible()
    page.get_by_text("Anggapan yang dipakai").first.click()
    expect(page.get_by_text("Hari belajar adalah tanggal tindakan peserta sendiri").first).to_be_visible()


def test_somebody_whom_nobody_knows_is_told_so(world: LearnerWorld, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{world.url}/masuk/oidc")
    page.locator("input[name=login]").fill("orang.asing")
    page.locator("input[name=password]").fill("x")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("alert")).to_contain_text("hubungi pengelola kepegawaian")
    page.goto(f"{world.url}/saya")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jam pelajaran saya")


def test_every_line_tells_its_reason_and_its_rule(world: LearnerWorld, context: BrowserContext) -> None:
    page = _signed_in(world, context)
    webinar = page.locator(".lines li", has_text="Webinar: Etika Pelayanan")
    expect(webinar).to_contain_text("Diklaim 5 JP; katalog menyetujui 3 JP")
    expect(webinar).to_contain_text("bps-2019.1/16/national")
    page.get_by_role("link", name=str(YEAR - 1)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Jam saya {YEAR - 1}")


def test_a_link_shows_what_was_chosen_and_nothing_after_it_is_taken_back(world: LearnerWorld, context: BrowserContext) -> None:
    page = _signed_in(world, context)
    page.goto(f"{world.url}/saya/sertifikat")
    page.locator(f"#c-{world.certificates[0]}").check()
    page.get_by_label("nama saya").uncheck()
    page.get_by_role("button", name="Buat tautan").click()
    link = page.get_by_label("Tautan", exact=True).input_value()
    shared = httpx.get(link, headers={"Accept-Language": "id"})
    assert shared.status_code == 200
    assert "8 JP" in shared.text
    assert "Ni Luh Sekar" not in shared.text
    assert world.certificates[0] not in shared.text
    assert world.certificates[1] not in shared.text
    assert "noindex" in shared.headers["x-robots-tag"]
    page.goto(f"{world.url}/saya/sertifikat")
    assert link.rpartition("/")[2] not in page.content()
    page.get_by_role("button", name="Tarik").first.click()
    assert httpx.get(link).status_code == 404


def test_a_session_is_confirmed_by_the_learner(world: LearnerWorld, context: BrowserContext) -> None:
    page = _signed_in(world, context)
    page.get_by_role("link", name="1 sesi coaching menunggu kata Anda").click()
    expect(page.locator("#main")).to_contain_text(COACH)
    page.get_by_role("button", name="Ya, berlangsung").click()
    expect(page.locator("#main")).to_contain_text("Sesi yang dicatat coach bersama Anda muncul di sini")


def test_the_learner_sees_who_looked(world: LearnerWorld, context: BrowserContext) -> None:
    page = _signed_in(world, context)
    page.get_by_role("link", name="Yang melihat").click()
    expect(page.get_by_role("heading", name=HR).first).to_be_visible()


def test_a_form_of_another_site_changes_nothing(world: LearnerWorld, context: BrowserContext) -> None:
    page = _signed_in(world, context)
    cookies = {one["name"]: one["value"] for one in context.cookies()}
    assert all(one["httpOnly"] and one["sameSite"] == "Lax" for one in context.cookies())
    for data, headers in (
        ({"form": "tebakan"}, {}),
        ({}, {}),
        ({"form": page.locator("input[name=form]").first.input_value()}, {"Origin": "https://penipu.test"}),
    ):
        answer = httpx.post(
            f"{world.url}/saya/bagikan", data={f"c-{world.certificates[0]}": "on", **data}, headers=headers, cookies=cookies
        )
        assert answer.status_code == 403


def test_signing_out_ends_the_session_on_the_server(world: LearnerWorld, context: BrowserContext) -> None:
    page = _signed_in(world, context)
    cookies = {one["name"]: one["value"] for one in context.cookies()}
    assert httpx.get(f"{world.url}/saya", cookies=cookies).status_code == 200
    page.get_by_role("button", name="Keluar").click()
    assert httpx.get(f"{world.url}/saya", cookies=cookies).status_code == 303


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_320_pixels_are_enough(
    world: LearnerWorld, chromium: Browser, scheme: Literal["light", "dark"]
) -> None:
    context = chromium.new_context(
        locale="id-ID", bypass_csp=True, color_scheme=scheme, reduced_motion="reduce", viewport={"width": 320, "height": 640}
    )
    page = _signed_in(world, context)
    for path in ("/masuk", "/saya", "/saya/sertifikat", "/saya/menunggu", "/saya/dilihat", "/bagi/tidak-ada"):
        page.goto(world.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        page.add_script_tag(path=str(_AXE))
        found = page.evaluate("axe.run().then((result) => result.violations.map((one) => [one.impact, one.id, one.nodes[0].html]))")
        assert [one for one in found if one[0] in ("serious", "critical")] == [], path
    context.close()


def test_the_first_view_is_less_than_100_kb_and_from_here_alone(world: LearnerWorld, context: BrowserContext) -> None:
    page = _signed_in(world, context)
    answers: list[tuple[str, int]] = []
    page.on("response", lambda answer: answers.append((answer.url, len(answer.body()))))
    page.goto(f"{world.url}/saya", wait_until="load")
    assert sum(size for _, size in answers) < 100_000
    assert all(url.startswith(world.url) for url, _ in answers)


def test_by_keyboard_alone_a_link_is_made(world: LearnerWorld, context: BrowserContext) -> None:
    page = _signed_in(world, context)
    page.goto(f"{world.url}/saya/sertifikat")
    wanted = [f"c-{world.certificates[0]}", "p-name"]
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("[document.activeElement.id, document.activeElement.name, document.activeElement.textContent]")
        if wanted and wanted[0] in focused[:2]:
            page.keyboard.press("Space")
            wanted.pop(0)
        if "Buat tautan" in focused[2]:
            page.keyboard.press("Enter")
            break
    assert wanted == []
    expect(page.get_by_label("Tautan", exact=True)).to_be_visible()
