"""PDFs sealed by a service elsewhere: what is sent, what is believed of the answer, and what becomes of its troubles."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from credentials.errors import SealServiceError
from credentials.files.facts import REQUIRED
from credentials.files.seal_service import BY_SERVICE, SealAccount, SealService
from credentials.files.typesetting import Sheet, Template, Typesetting
from lrs.web.errors import headers_of, status_of
from tests.support.seal_service import PASSWORD, SUBSCRIBER, USER, Identity, SimulatedService, seal_service
from verifier.readers.pdf_signature import read_signature

_SEALER = Identity.make("Segel Balai Contoh")
_OTHER = Identity.make("Orang Lain")
_PASSPHRASE = "frasa-uji"


def _page(document: bytes = b"{}") -> bytes:
    facts = dict.fromkeys(REQUIRED, "contoh") | dict.fromkeys(("batch", "issued", "competences", "provider_number", "replaces"), "")
    sheet = Sheet(facts | {"seal": BY_SERVICE.format(name="x")}, "https://jejak.test/v/x#1", document, "ey.a.b")
    return asyncio.run(Typesetting().page(Template(), sheet))


@pytest.fixture(scope="module")
def page() -> bytes:
    return _page()


@pytest.fixture(scope="module")
def running() -> Iterator[SimulatedService]:
    with seal_service(_SEALER) as service:
        yield service


@pytest.fixture
def service(running: SimulatedService) -> SimulatedService:
    running.troubles, running.asked, running.identity, running.spoil = [], [], _SEALER, lambda content: content
    return running


class _Client:
    """Of the simulated service, with an account that seals as a person's certificate does."""

    def __init__(self, service: SimulatedService, path: str = "/api/v2/sign/pdf", seconds: float = 20, **changes: object) -> None:
        signer = {"nik": "0" * 16, "passphrase": _PASSPHRASE}
        account = replace(SealAccount(USER, PASSWORD, signer, (_SEALER.certificate,)), **changes)  # type: ignore[arg-type]
        self.pauses: list[float] = []
        self.client = SealService(service.address + path, seconds, {"balai": account}, pause=self._pause)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def sealed(self, page: bytes) -> bytes:
        return asyncio.run(self.client.sealed(page, "balai"))

    def refused(self, page: bytes) -> SealServiceError:
        with pytest.raises(SealServiceError) as caught:
            self.sealed(page)
        assert status_of(caught.value) == 503
        assert [name for name, _ in headers_of(caught.value)] == ["Retry-After"]
        for secret in (_PASSPHRASE, PASSWORD, "0" * 16, _SEALER.name):
            assert secret not in str(caught.value)
        return caught.value


def test_the_page_comes_back_sealed_by_the_account_that_was_set(service: SimulatedService, page: bytes) -> None:
    found = read_signature(_Client(service).sealed(page), "")
    assert (found.intact, found.whole, found.signer) == (True, True, _SEALER.name)
    assert found.signers[0] == _SEALER.certificate.sha256.hex()
    assert service.asked == [{"nik": "0" * 16, "passphrase": _PASSPHRASE, "signatureProperties": [{"tampilan": "INVISIBLE"}]}]


def test_a_seal_asks_for_its_one_time_password_first(service: SimulatedService, page: bytes) -> None:
    client = _Client(service, "/api/v2/seal/pdf", signer={"idSubscriber": SUBSCRIBER}, token_path="/api/v2/seal/get/totp")
    assert read_signature(client.sealed(page), "").intact
    assert [one.get("totp") for one in service.asked] == [None, "246810"]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_by_itself_is_tried_again(service: SimulatedService, page: bytes, status: int) -> None:
    service.troubles = [(status, ""), (status, "2")]
    client = _Client(service)
    assert read_signature(client.sealed(page), "").intact
    assert client.pauses == [0.5, 2.0]


def test_a_service_that_stays_busy_is_told_as_busy_with_its_own_time(service: SimulatedService, page: bytes) -> None:
    service.troubles = [(503, "900")]
    client = _Client(service)
    error = client.refused(page)
    assert (error.retry_after, client.pauses) == (900, [])
    service.troubles = [(503, "")] * 3
    assert client.refused(page).message == "the signing service cannot seal for now (503)"
    assert client.pauses == [0.5, 1.0]


def test_a_refusal_is_not_tried_again_and_tells_no_secret(service: SimulatedService, page: bytes) -> None:
    assert "(400)" in _Client(service, signer={"nik": "0" * 16, "passphrase": "salah"}).refused(page).message
    assert len(service.asked) == 1
    assert "look at its account" in _Client(service, password="salah").refused(page).message
    assert len(service.asked) == 2


def test_a_redirect_is_not_followed_so_no_passphrase_goes_elsewhere(service: SimulatedService, page: bytes) -> None:
    service.troubles = [(307, "")]
    assert "(307)" in _Client(service).refused(page).message
    assert len(service.asked) == 1


def test_a_service_that_is_not_there_or_too_slow_is_told_as_such(service: SimulatedService, page: bytes) -> None:
    client = _Client(service)
    client.client.address = "http://127.0.0.1:9/"
    assert client.refused(page).message == "the signing service cannot be reached"
    slow = _Client(service, seconds=0.05)

    async def never(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError("never answered")

    slow.client.transport = httpx.MockTransport(never)
    assert slow.refused(page).message == "the signing service takes too long"


def _flipped(content: bytes) -> bytes:
    place = content.index(b"stream") + 40
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def _turned(content: bytes) -> bytes:
    """A revision after the signature that turns the page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    place = writer.root["/Pages"]["/Kids"][0]
    place["/Rotate"] = writer.add_object(PdfFileReader(io.BytesIO(content)).root["/Pages"]["/Count"])
    writer.update_container(place)
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]  # so in pyHanko
    return out.getvalue()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda content: b"%PDF-1.7\n", "did not answer with a signed PDF"),
        (lambda content: b"", "lacks what was asked for"),
        (lambda content: content[: len(content) // 2], "sign"),
        (_flipped, "sign"),
        (_turned, "changed after it was signed"),
        (lambda content: _OTHER.seal(content, "Lain"), "did not sign the PDF once"),
        (lambda content: _SEALER.seal(_page(b'{"lain":1}')), "changed the page or what is attached"),
        (lambda content: _page(), "did not sign the PDF once"),
    ],
    ids=["no PDF", "nothing", "cut off", "a bit", "turned", "signed twice", "another page", "not signed"],
)
def test_an_answer_that_is_not_our_page_signed_whole_is_refused(service: SimulatedService, page: bytes, spoil: object, reason: str) -> None:
    service.spoil = spoil  # type: ignore[assignment]
    assert reason in _Client(service).refused(page).message


def test_another_signer_than_the_providers_own_is_refused(service: SimulatedService, page: bytes) -> None:
    service.identity = _OTHER
    assert "a certificate that is not set" in _Client(service).refused(page).message


def test_the_page_never_calls_the_seal_certified(page: bytes) -> None:
    assert "tersertifikasi" not in BY_SERVICE
    assert "certified" not in BY_SERVICE
