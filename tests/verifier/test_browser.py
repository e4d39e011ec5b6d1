"""The pages in a real browser: what HR does with a phone, with and without a network, by keyboard, on a small screen."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from credentials.certificate.qr import qr_image
from tests.support.browser import browser
from tests.support.verifier_server import NIP, VerifierWorld, certificate_id, verifier_server


@pytest.fixture(scope="module")
def world() -> Iterator[VerifierWorld]:
    with verifier_server() as made:
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
    made = chromium.new_context(locale="id-ID", viewport={"width": 390, "height": 800})
    yield made
    made.close()


def _watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what goes wrong on it: errors of scripts, refusals by the content security policy, files of other hosts."""
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda message: wrong.append(message.text) if message.type == "error" and "Content Security" in message.text else None
    )
    page.on(
        "request",
        lambda request: wrong.append(request.url) if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")) else None,
    )
    return page, wrong


def test_the_qrs_address_shows_the_verdict_and_the_fragment_is_compared_in_the_page(world: VerifierWorld, context: BrowserContext) -> None:
    page, wrong = _watched(context)
    page.goto(world.qr(1) + "")
    expect(page.locator("#verdict")).to_have_text("Sah")
    expect(page.locator('[data-check="qr"]')).to_have_class("passed")
    assert wrong == []


def test_a_qr_of_another_certificate_behind_the_address_is_altered(world: VerifierWorld, context: BrowserContext) -> None:
    page, _ = _watched(context)
    page.goto(f"{world.url}/v/{certificate_id(1)}#{world.qr(2).partition('#')[2]}")
    expect(page.locator("#verdict")).to_have_text("Diubah")
    expect(page.locator('[data-check="qr"]')).to_have_class("failed")
    expect(page.locator(".certificate")).to_have_count(0)


@pytest.mark.parametrize(("number", "verdict"), [(2, "Dicabut"), (3, "Ditangguhkan"), (4, "Diubah")])
def test_the_page_says_what_is_wrong(world: VerifierWorld, context: BrowserContext, number: int, verdict: str) -> None:
    page, wrong = _watched(context)
    page.goto(f"{world.url}/v/{certificate_id(number)}")
    expect(page.locator("#verdict")).to_have_text(verdict)
    assert wrong == []


def _prepared(world: VerifierWorld, context: BrowserContext, *, keep: bool) -> Page:
    """The offline page was opened once; with `keep`, the issuer's lists are kept."""
    page = context.new_page()
    page.goto(f"{world.url}/v/offline")
    page.wait_for_selector("html[data-ready]")
    if keep:
        page.get_by_role("checkbox", name="Balai Contoh (daftar)").check()
        expect(page.locator("#issuers small")).to_contain_text("Status per")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    return page


def test_without_a_network_a_genuine_qr_is_genuine_with_the_time_of_its_status(world: VerifierWorld, context: BrowserContext) -> None:
    page = _prepared(world, context, keep=True)
    page.goto(world.qr(1))
    expect(page.locator("#verdict")).to_contain_text("Asli; status per")
    expect(page.locator("#result")).to_have_class("sheet genuine")
    expect(page.locator(".holder")).to_have_text("Ni Luh Sekar, S.Kom.")
    colour = page.locator(".verdict").evaluate("node => getComputedStyle(node).backgroundColor")
    assert colour == "rgb(11, 79, 143)"  # not the green of "sah"


@pytest.mark.parametrize(("number", "verdict"), [(2, "Dicabut"), (3, "Ditangguhkan")])
def test_without_a_network_what_the_kept_list_says_is_said(
    world: VerifierWorld, context: BrowserContext, number: int, verdict: str
) -> None:
    page = _prepared(world, context, keep=True)
    page.goto(world.qr(number))
    expect(page.locator("#verdict")).to_have_text(verdict)


def test_without_a_network_and_without_a_list_the_status_is_unknown(world: VerifierWorld, context: BrowserContext) -> None:
    page = _prepared(world, context, keep=False)
    page.goto(world.qr(2))
    expect(page.locator("#verdict")).to_have_text("Asli; status tidak diketahui")


def test_without_a_network_forgeries_are_caught(world: VerifierWorld, context: BrowserContext) -> None:
    page = _prepared(world, context, keep=True)
    digits = world.qr(1).partition("#")[2]
    changed = digits[:200] + str((int(digits[200]) + 1) % 10) + digits[201:]
    for address, verdict in (
        (f"{world.url}/v/{certificate_id(1)}#{changed}", "Diubah"),
        (f"{world.url}/v/{certificate_id(2)}#{digits}", "Diubah"),
        (f"{world.url}/v/{certificate_id(1)}", "Tidak dapat diperiksa"),
    ):
        page.goto("about:blank")
        page.goto(address)
        expect(page.locator("#verdict")).to_have_text(verdict)


def test_a_kind_that_was_not_granted_is_an_unknown_issuer_without_a_network_too(world: VerifierWorld, context: BrowserContext) -> None:
    page = _prepared(world, context, keep=True)
    page.goto(world.qr(1, kind=9))
    expect(page.locator("#verdict")).to_have_text("Penerbit tidak dikenal")


def test_what_is_kept_is_small_and_never_goes_back(world: VerifierWorld, context: BrowserContext) -> None:
    page = _prepared(world, context, keep=True)
    older = page.evaluate(
        """async () => {
            const shelf = await import("/v/shelf.js");
            const [one] = await shelf.lists();
            const kept = await shelf.keepList({ ...one, signed: one.signed - 1000, token: "old" });
            return [kept, (await shelf.lists()).some((entry) => entry.token === "old"), await shelf.size()];
        }"""
    )
    assert older[:2] == [False, False]
    assert older[2] < 5 * 1024 * 1024


def _camera_film(text: str, folder: Path) -> Path:
    """What the camera sees: a page with a QR, as frames of Motion JPEG."""
    page = Image.new("RGB", (1280, 720), (225, 222, 215))
    page.paste(qr_image(text, 6).resize((560, 560), Image.Resampling.LANCZOS).convert("RGB"), (360, 80))
    out = io.BytesIO()
    page.rotate(3, Image.Resampling.BICUBIC, fillcolor=(225, 222, 215)).save(out, "JPEG", quality=80)
    film = folder / "camera.mjpeg"
    film.write_bytes(out.getvalue() * 10)
    return film


def test_a_real_qr_before_the_camera_leads_to_its_verdict(world: VerifierWorld, driver: Playwright, tmp_path: Path) -> None:
    film = _camera_film(world.qr(1), tmp_path)
    arguments = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}")
    with browser(driver, *arguments) as started:
        context = started.new_context(locale="id-ID", permissions=["camera"])
        page, wrong = _watched(context)
        page.goto(f"{world.url}/v")
        page.get_by_role("button", name="Buka kamera").click()
        expect(page.locator("#verdict")).to_have_text("Sah", timeout=30_000)
        expect(page.locator('[data-check="qr"]')).to_have_class("passed")
        assert wrong == []


def test_everything_can_be_done_by_keyboard(world: VerifierWorld, context: BrowserContext) -> None:
    page, _ = _watched(context)
    page.goto(f"{world.url}/v")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(12):
        if page.evaluate("document.activeElement.id") == "certificate":
            break
        page.keyboard.press("Tab")
    page.keyboard.type(certificate_id(1))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#verdict")).to_have_text("Sah")
    for _ in range(12):
        if page.evaluate("document.activeElement.id") == "nip":
            break
        page.keyboard.press("Tab")
    page.keyboard.type(NIP)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Cocok")
    assert NIP not in page.url


@pytest.mark.parametrize("path", ["/v", "/v/offline", "/v/batch", f"/v/{certificate_id(1)}", f"/v/{certificate_id(2)}", "/v/none"])
def test_320_pixels_are_enough(world: VerifierWorld, chromium: Browser, path: str) -> None:
    context = chromium.new_context(locale="id-ID", viewport={"width": 320, "height": 568})
    page = context.new_page()
    page.goto(world.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_without_javascript_everything_but_camera_and_offline_works(world: VerifierWorld, chromium: Browser) -> None:
    context = chromium.new_context(locale="id-ID", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{world.url}/v")
    page.get_by_label("Nomor, tautan, JSON, atau token").fill(certificate_id(1))
    page.get_by_role("button", name="Periksa", exact=True).click()
    expect(page.locator("#verdict")).to_have_text("Sah")
    page.goto(f"{world.url}/v")
    page.get_by_label("Berkas", exact=True).set_input_files({"name": "a.jwt", "mimeType": "text/plain", "buffer": b"halo"})
    page.get_by_role("button", name="Periksa berkas").click()
    expect(page.locator("#verdict")).to_have_text("Tidak dapat diperiksa")
    context.close()


@pytest.mark.parametrize("path", ["/v", f"/v/{certificate_id(1)}"])
def test_the_first_view_is_less_than_100_kb(world: VerifierWorld, context: BrowserContext, path: str) -> None:
    page = context.new_page()
    sizes: list[int] = []
    page.on(
        "response",
        lambda answer: sizes.append(len(answer.body())) if "/v/lists" not in answer.url and "/v/trust" not in answer.url else None,
    )
    page.goto(world.url + path, wait_until="load")
    assert sum(sizes) < 100_000


_AXE = Path(__file__).parents[1] / "pages" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/v", "/v/offline", "/v/batch", "/v/none", *(f"/v/{certificate_id(number)}" for number in (1, 2, 3, 4))])
def test_axe_finds_nothing_serious(world: VerifierWorld, chromium: Browser, path: str, scheme: Literal["light", "dark"]) -> None:
    context = chromium.new_context(locale="id-ID", bypass_csp=True, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(world.url + path)
    page.add_script_tag(path=str(_AXE))
    found = page.evaluate("axe.run().then((result) => result.violations.map((one) => [one.impact, one.id, one.nodes[0].html]))")
    assert [one for one in found if one[0] in ("serious", "critical")] == []
    context.close()
