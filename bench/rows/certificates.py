"""What issuing costs: signing, the way from a statement to a certificate, paper, and a status list that everybody fetches."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

from bench import listing
from bench.certificate import NOW, document, issuing
from bench.completing import Learners
from bench.model import Bench, Goal, Outcome, Ratio, percent
from bench.paper import Alone, certificate, ours
from bench.servers import jejak_server
from bench.stage import Stage
from credentials.certificate.issued import Certificate
from credentials.suites.eddsa_rdfc_2022 import add_proof
from credentials.suites.vc_jwt import sign_token
from schemas.loader import contexts

_RATE = 100.0  # completions a second
_CONNECTIONS = 16
Json = dict[str, Any]


def token(stage: Stage) -> Outcome:
    """The step alone: the document is built and checked. CPU time; ES256 is that of `cryptography` both times."""
    curve = issuing().curve
    documents = [document(number) for number in range(1, max(20, stage.scale.bodies // 20))]
    signed = [sign_token(one, curve).rpartition(".")[0].encode() for one in documents]

    def bare(content: bytes) -> None:
        curve.private.sign(content, ECDSA(SHA256()))

    rounds = [(_seconds(signed, bare), _seconds(documents, lambda one: sign_token(one, curve))) for _ in range(stage.scale.rounds)]
    shares = tuple(percent(alone, step) for alone, step in rounds)
    alone, step = sorted(rounds)[len(rounds) // 2]
    count = len(documents)
    figures = {"vc+jwt: signed/s": count / step, "ES256 alone: signed/s": count / alone}
    return Outcome((Ratio("signing step of a vc+jwt, share of bare ES256 of the same bytes", "%", Goal(at_least=35), shares),), figures)


def data_integrity(stage: Stage) -> Outcome:
    """Terms are checked, and the proof is put in; on the other side both are parsed with the whole contexts. CPU time."""
    edwards = issuing().edwards
    documents = [document(number) for number in range(1, max(5, stage.scale.bodies // 200))]
    texts = [(_inlined(one), _inlined(_options(one))) for one in documents]

    def bare(pair: tuple[str, str]) -> None:
        for text in pair:
            Dataset(parse(text, RdfFormat.JSON_LD)).canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        edwards.private.sign(bytes(64))

    rounds = [(_seconds(documents, lambda one: add_proof(one, edwards, NOW)), _seconds(texts, bare)) for _ in range(stage.scale.rounds)]
    ratios = tuple(mine / other for mine, other in rounds)
    mine, other = sorted(rounds)[len(rounds) // 2]
    figures = {"Data Integrity: µs": mine / len(texts) * 1e6, "pyoxigraph and Ed25519 alone: µs": other / len(texts) * 1e6}
    name = "Data Integrity issuing over pyoxigraph's parse and canonicalize and Ed25519"
    return Outcome((Ratio(name, "×", Goal(at_most=1.5), ratios),), figures)


def arriving(stage: Stage) -> Outcome:
    """Statements one by one over HTTP, projector, hours, reservation, worker, log; until JSON and token are fetched."""
    rate = _RATE if stage.scale.name != "smoke" else 20.0
    count = int(rate * stage.scale.seconds * 5)
    rounds: list[tuple[float, float]] = []
    for number in range(stage.scale.rounds):
        stage.say(f"arriving: round {number + 1}")
        folder = stage.folder / f"arriving-{number}"
        learners = Learners(folder, count)
        asyncio.run(learners.register())
        with jejak_server(folder) as server:
            times = sorted(asyncio.run(learners.complete(server.url, rate)))
        rounds.append((times[int(0.95 * len(times))], times[len(times) // 2]))
    ratio = Ratio(f"statement to certificate, p95 of {count} at {rate:g} a second", "s", Goal(at_most=2), tuple(one for one, _ in rounds))
    return Outcome((ratio,), {"statement to certificate: p50 s": sorted(half for _, half in rounds)[len(rounds) // 2]})


def paper(stage: Stage) -> Outcome:
    """One after the other, each another certificate, B-B; the other side is one process without store and limits."""
    count = max(2, stage.scale.bodies // 500)
    certificates = [certificate(number) for number in range(count * stage.scale.rounds + 1)]
    shares, figures = asyncio.run(_papers(stage.folder / "page", certificates, stage.scale.rounds))
    return Outcome((Ratio("PDFs a second, share of Typst, QR and pyHanko alone", "%", Goal(at_least=80), shares),), figures)


async def _papers(folder: Path, certificates: list[Certificate], rounds: int) -> tuple[tuple[float, ...], dict[str, float]]:
    filing, alone = ours(), Alone.make(folder)
    await filing.pdf(certificates[0])
    await alone.pdf(certificates[0])
    count = (len(certificates) - 1) // rounds
    told = []
    for number in range(rounds):
        some = certificates[1 + number * count : 1 + (number + 1) * count]
        told.append((await _made(some, filing.pdf), await _made(some, alone.pdf)))
    mine, other = sorted(told)[len(told) // 2]
    return tuple(percent(theirs, own) for own, theirs in told), {"PDF: ms": mine / count * 1e3, "PDF alone: ms": other / count * 1e3}


async def _made(certificates: list[Certificate], make: Callable[[Certificate], Awaitable[bytes]]) -> float:
    started = time.monotonic()
    for one in certificates:
        assert (await make(one)).startswith(b"%PDF-")
    return time.monotonic() - started


def status_list(stage: Stage) -> Outcome:
    """Through the whole application (routes, log, metrics), against Starlette's StaticFiles under the same uvicorn."""
    folder, files = stage.folder / "listing", stage.folder / "files"
    asyncio.run(listing.enter(folder))
    files.mkdir()
    rounds = []
    with jejak_server(folder) as server, listing.static_server(files) as static:
        content = listing.fetch(server.url)
        (files / "list.json").write_bytes(content)
        for address in (f"{server.url}{listing.PATH}", f"{static.url}/list.json"):
            stage.get(address, connections=_CONNECTIONS)
        for _ in range(stage.scale.rounds):
            ours_now = stage.get(f"{server.url}{listing.PATH}", connections=_CONNECTIONS)
            rounds.append((ours_now.rate, stage.get(f"{static.url}/list.json", connections=_CONNECTIONS).rate))
    shares = tuple(percent(mine, other) for mine, other in rounds)
    mine, other = sorted(rounds)[len(rounds) // 2]
    figures = {"status list: requests/s": mine, "static file: requests/s": other, "status list: KB": len(content) / 1_000}
    name = f"a status list with {listing.REVOKED:,} revocations, share of a static file of its size"
    return Outcome((Ratio(name, "%", Goal(at_least=50), shares),), figures)


def _inlined(told: Json) -> str:
    """With its contexts in it, since nothing is fetched."""
    known = [known for url in told["@context"] for known in _listed(contexts()[url]["@context"])]
    return json.dumps(told | {"@context": known})


def _listed(context: Any) -> list[Any]:
    return context if isinstance(context, list) else [context]


def _options(told: Json) -> Json:
    proof = add_proof(told, issuing().edwards, NOW)["proof"][0]
    return {"@context": told["@context"]} | {name: value for name, value in proof.items() if name != "proofValue"}


def _seconds(values: list[Any], work: Callable[[Any], object]) -> float:
    for value in values[:3]:
        work(value)
    started = time.thread_time()
    for value in values:
        work(value)
    return time.thread_time() - started


BENCHES = (
    Bench("issue-jwt", "The signing step of a vc+jwt over bare ES256", token),
    Bench("issue-di", "Data Integrity issuing over pyoxigraph and Ed25519", data_integrity),
    Bench("issue-arriving", "From a statement to its certificate", arriving),
    Bench("issue-paper", "PDFs over Typst, QR and pyHanko alone", paper),
    Bench("status-list", "A status list over a static file", status_list),
)
