"""What checking a certificate costs over the bare signature, and what a second core brings to a folder of files."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
from openbadgeslib.baking import ITXT_KEYWORD_OB3, SVG_ELEMENT_OB3, SVG_NS_OB3, bake_png, bake_svg
from openvc.proof.data_integrity import DataIntegrityProofSuite
from PIL import Image

from bench.certificate import NOW, document, issuing, known_sources
from bench.model import Bench, Goal, Outcome, Ratio
from bench.stage import Stage
from credentials.certificate.qr import qr_image
from credentials.suites.eddsa_rdfc_2022 import add_proof
from credentials.suites.vc_jwt import sign_token
from schemas.loader import contexts
from verifier.batch import Entry, check_all
from verifier.checks.key import public_key
from verifier.sandbox.pool import Pool, PoolSize
from verifier.sources.ports import FixedSources
from verifier.verdict import Verdict
from verifier.verification import verify_text

_FILES = 500
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="3"/></svg>'
_UNTIMED: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}


def token(stage: Stage) -> Outcome:
    """Trust and status are at hand, as after the first certificate of an issuer."""
    signers = issuing()
    known, key = known_sources(signers), signers.curve.private.public_key()
    texts = [sign_token(document(number), signers.curve) for number in range(1, max(20, stage.scale.bodies // 50))]

    def ours(text: str) -> None:
        assert verify_text(text, known, NOW).verdict is Verdict.VALID

    def bare(text: str) -> None:
        jwt.decode(text, key, algorithms=["ES256"], options=_UNTIMED)

    return _compared(stage, texts, ours, bare, "verification of a vc+jwt over PyJWT's bare decode", Goal(at_most=3))


def data_integrity(stage: Stage) -> Outcome:
    """The same by Data Integrity, over openvc-core's check of the proof alone."""
    signers = issuing()
    known = known_sources(signers)
    did = next(iter(known.issuers.values())).did_document
    jwk = public_key(next(one for one in did["verificationMethod"] if one["type"] == "Multikey"))
    made = [add_proof(document(number), signers.edwards, NOW) for number in range(1, max(3, stage.scale.bodies // 1_000))]

    def ours(text: str) -> None:
        assert verify_text(text, known, NOW).verdict is Verdict.VALID

    def bare(text: str) -> None:
        secured = json.loads(text)
        secured["proof"] = secured["proof"][0]  # it takes one proof only as an object
        DataIntegrityProofSuite().verify(secured, public_key_jwk=jwk, extra_contexts=contexts(), check_temporal=False)

    texts = [json.dumps(one) for one in made]
    return _compared(stage, texts, ours, bare, "verification of Data Integrity over openvc-core's bare check", Goal(at_most=1.2))


def folder(stage: Stage) -> Outcome:
    """Tokens, JSON, SVG, PNG and photos of QRs, each read in a fork of its own: two at once over one at a time."""
    signers = issuing()
    count = _FILES if stage.scale.name != "smoke" else 20
    entries, known = _mixed(count), known_sources(signers)
    rounds = []
    for number in range(stage.scale.rounds):
        stage.say(f"folder: round {number + 1}")
        rounds.append((asyncio.run(_seconds_of_folder(entries, known, 2)), asyncio.run(_seconds_of_folder(entries, known, 1))))
    ratio = Ratio(f"a folder of {count} files by two workers over one", "×", Goal(at_least=1.6), tuple(one / two for two, one in rounds))
    two, one = sorted(rounds)[len(rounds) // 2]
    return Outcome((ratio,), {"folder: files/s, two": count / two, "folder: files/s, one": count / one})


def _mixed(count: int) -> list[Entry]:
    signers, picture = issuing(), io.BytesIO()
    Image.linear_gradient("L").resize((600, 600)).save(picture, "PNG")
    made = []
    for number in range(1, count + 1):
        kind, text = number % 5, sign_token(document(number), signers.curve)
        if kind == 1:
            content = json.dumps(add_proof(document(number), signers.edwards, NOW)).encode()
        elif kind == 2:
            content = bytes(bake_svg(_SVG, text, element=SVG_ELEMENT_OB3, namespace=SVG_NS_OB3))
        elif kind == 3:
            content = bytes(bake_png(picture.getvalue(), text, keyword=ITXT_KEYWORD_OB3))
        elif kind == 4:
            content = _photo(f"https://jejak.test/v/{document(number)['id'].rpartition('/')[2]}")
        else:
            content = text.encode()
        made.append(Entry(f"{number}", lambda content=content: content))  # type: ignore[misc]  # bound now
    return made


def _photo(text: str) -> bytes:
    page = Image.new("L", (1240, 1754), 245)
    page.paste(qr_image(text, 8), (500, 900))
    out = io.BytesIO()
    page.rotate(3, fillcolor=245).save(out, "JPEG", quality=75)
    return out.getvalue()


async def _seconds_of_folder(entries: list[Entry], known: FixedSources, at_once: int) -> float:
    async with Pool(known, PoolSize(at_once, 0), lambda: NOW).running() as pool:
        await pool.examine(b"the nursery is ready after the first file")
        started = time.monotonic()
        found = [result async for _, result in check_all(entries, pool, at_once)]
        assert len(found) == len(entries)
        return time.monotonic() - started


def _compared(stage: Stage, texts: list[str], ours: Callable[[str], None], bare: Callable[[str], None], name: str, goal: Goal) -> Outcome:
    """CPU time of this thread; the sides in turn."""
    for text in texts[:3]:
        ours(text)
        bare(text)
    rounds = [(_seconds(texts, ours), _seconds(texts, bare)) for _ in range(stage.scale.rounds)]
    middle = sorted(rounds)[len(rounds) // 2]
    figures = {f"{name}: µs": middle[0] / len(texts) * 1e6, f"{name}, bare: µs": middle[1] / len(texts) * 1e6}
    return Outcome((Ratio(name, "×", goal, tuple(one / other for one, other in rounds)),), figures)


def _seconds(texts: list[str], work: Callable[[str], None]) -> float:
    started = time.thread_time()
    for text in texts:
        work(text)
    return time.thread_time() - started


BENCHES = (
    Bench("verify-jwt", "A vc+jwt over PyJWT's decode", token),
    Bench("verify-di", "Data Integrity over openvc-core", data_integrity),
    Bench("verify-folder", "A folder of files by two workers over one", folder),
)
