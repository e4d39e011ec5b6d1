"""What becomes of certificates: revoked, corrected, forged, of an issuer that nobody knows; and the files of one that is valid."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from credentials.keys.vault import P256Signer
from credentials.suites.vc_jwt import sign_token
from credentials.trust.content import Grant, empty_trust, issuer_entry, with_hosts, with_issuer
from credentials.trust.signing import assembled, new_list, new_root, public_key, public_pem, signed
from jejak.composition import open_product
from jejak.demo.calls import Json, post
from jejak.demo.server import DemoError, Running

FILES = Path("var/demo")
_WAIT_SECONDS = 30  # for the status list to follow, and for the new certificate
_ROOT_KEYS, _THRESHOLD = 3, 2


def revoke(server: Running, certificate: str) -> Json:
    """The verifier's report, once it says so."""
    post(server.administrator, f"/admin/certificates/{certificate}/revoke", {"reason": "Terbit untuk orang yang salah"})
    return _verdict(server, _token(server, certificate), "revoked")


def correct(server: Running, certificate: str) -> str:
    """The id of the certificate that takes its place, once that is valid and the old one revoked."""
    reason = {"reason": "Gelar ditulis salah"}
    made: str = post(server.administrator, f"/admin/certificates/{certificate}/reissue", reason)["id"]
    _verdict(server, _token(server, certificate), "revoked")
    deadline = time.monotonic() + _WAIT_SECONDS
    while server.administrator.get(f"/c/{made}.jwt").is_error and time.monotonic() < deadline:
        time.sleep(0.2)
    _verdict(server, _token(server, made), "valid")
    return made


def forge(server: Running, certificate: str) -> Json:
    """The report on a certificate with ten times the hours, under the real key's name, signed by somebody else's key."""
    token = _token(server, certificate)
    header, document = _parts(token)
    document["credentialSubject"]["creditsEarned"] *= 10
    return _report(server, sign_token(document, P256Signer(header["kid"], ec.generate_private_key(ec.SECP256R1()))))


def from_nobody(server: Running, certificate: str) -> Json:
    """The report on a certificate of an issuer that nobody accredited, well made and well signed."""
    _, document = _parts(_token(server, certificate))
    private = ec.generate_private_key(ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    x, y = (base64.urlsafe_b64encode(one.to_bytes(32, "big")).rstrip(b"=").decode() for one in (numbers.x, numbers.y))
    jwk = json.dumps({"crv": "P-256", "kty": "EC", "x": x, "y": y}, separators=(",", ":"))
    did = "did:jwk:" + base64.urlsafe_b64encode(jwk.encode()).rstrip(b"=").decode()
    document["issuer"] = document["issuer"] | {"id": did, "name": "Lembaga Tak Dikenal"}
    document.pop("credentialStatus")
    return _report(server, sign_token(document, P256Signer(f"{did}#0", private)))


def leave_files(server: Running, certificate: str, provider: str) -> list[str]:
    """Everything about one certificate, for other people's verifiers. Their names."""
    document = server.administrator.get(f"/c/{certificate}.json").json()
    addresses = {
        "credential.json": f"/c/{certificate}.json",
        "credential.jwt": f"/c/{certificate}.jwt",
        "badge.png": f"/c/{certificate}.png",
        "badge.svg": f"/c/{certificate}.svg",
        "certificate.pdf": f"/c/{certificate}.pdf",
        "qr.png": f"/c/{certificate}/qr.png",
        "log-proof.txt": f"/c/{certificate}.tlog-proof",
        "did.json": f"/issuers/{provider}/did.json",
        "status.json": httpx.URL(document["credentialStatus"]["statusListCredential"]).path,
    }
    FILES.mkdir(parents=True, exist_ok=True)
    for name, address in addresses.items():
        answer = server.administrator.get(address, timeout=60)
        if answer.is_error:
            raise DemoError(f"{address}: {answer.status_code}")
        (FILES / name).write_bytes(answer.content)
    (FILES / "trust-list.json").write_bytes(asyncio.run(_trust_list(server, provider)))
    return sorted([*addresses, "trust-list.json"])


async def _trust_list(server: Running, provider: str) -> bytes:
    """As the overseer signs one: two of three root keys, which are thrown away here."""
    product = await open_product(server.settings, seed=False)
    try:
        keys = product.credentials.certificates.keys
        known = await product.credentials.providers.provider(provider)
        assert known is not None  # it has issued
        grant = Grant(tuple(range(1, 26)), datetime(2020, 1, 1, tzinfo=UTC))
        address = f"{server.url}/issuers/{provider}"
        made, pdf = await keys.keys(provider), await keys.pdf_signers(provider)
        entry = issuer_entry(keys.did(provider), known.name, address, made, [grant], "", pdf)
    finally:
        await product.close()
    roots = [ec.generate_private_key(ec.SECP256R1()) for _ in range(_ROOT_KEYS)]
    now = datetime.now(UTC)
    root = new_root(1, [public_key(public_pem(one)) for one in roots], _THRESHOLD, now + timedelta(days=3_650))
    told = new_list(1, with_hosts(with_issuer(empty_trust(), entry), [httpx.URL(server.url).netloc.decode()], []), now + timedelta(days=90))
    for key in roots[:_THRESHOLD]:
        root, told = signed(root, key), signed(told, key)
    return assembled([root], told, None)


def _verdict(server: Running, token: str, wanted: str) -> Json:
    deadline = time.monotonic() + _WAIT_SECONDS
    while (report := _report(server, token))["verdict"] != wanted:
        if time.monotonic() > deadline:
            raise DemoError(f"the verifier says {report['verdict']}, and should say {wanted}")
        time.sleep(0.3)
    return report


def _report(server: Running, token: str) -> Json:
    report: Json = server.administrator.post("/verify", content=token).json()
    return report


def _token(server: Running, certificate: str) -> str:
    return server.administrator.get(f"/c/{certificate}.jwt").text


def _parts(token: str) -> tuple[Json, dict[str, Any]]:
    """Header and credential, without the claims that signing adds."""
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in token.split(".")[:2])
    return header, {name: value for name, value in claims.items() if name not in ("iss", "jti", "sub", "nbf", "exp")}
