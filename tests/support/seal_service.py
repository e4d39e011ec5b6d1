"""A service that seals PDFs, on loopback: the part of BSrE's e-sign client that is asked. Certificate and accounts are made up."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

USER, PASSWORD, SUBSCRIBER = "jejak", "sandi-sistem-uji", "pelanggan-7"
_LOGIN = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
Json = dict[str, Any]


@dataclass(slots=True)
class Identity:
    """Who seals. `pem`: its certificate."""

    name: str
    certificate: asn1_x509.Certificate
    key: asn1_keys.PrivateKeyInfo
    pem: bytes

    @classmethod
    def make(cls, name: str, *, authority: bool = False) -> Identity:
        key = ec.generate_private_key(ec.SECP256R1())
        named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
        made = (
            x509.CertificateBuilder()
            .subject_name(named)
            .issuer_name(named)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(usage, critical=True)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        private = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        loaded = asn1_x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))
        return cls(name, loaded, asn1_keys.PrivateKeyInfo.load(private), made.public_bytes(serialization.Encoding.PEM))

    def seal(self, page: bytes, field: str = "Segel") -> bytes:
        """The page with its signature."""
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko does not say
        signer = SimpleSigner(self.certificate, self.key, store)
        metadata = PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, name=self.name)
        out = io.BytesIO()
        sign_pdf(IncrementalPdfFileWriter(io.BytesIO(page)), metadata, signer=signer, output=out)
        return out.getvalue()


@dataclass(slots=True)
class SimulatedService:
    """`troubles`: statuses (with a Retry-After) that are answered first, one each. `spoil`: what is done to the sealed PDF. `asked`: bodies
    without their files.
    """

    identity: Identity
    address: str = ""
    troubles: list[tuple[int, str]] = field(default_factory=list)
    spoil: Callable[[bytes], bytes] = lambda content: content
    asked: list[Json] = field(default_factory=list)

    def answer(self, path: str, login: str, body: Json) -> tuple[int, str, Json]:
        """(status, Retry-After, body)."""
        self.asked.append({name: value for name, value in body.items() if name != "file"})
        if self.troubles:
            return (*self.troubles.pop(0), {"error": f"gangguan pada {body.get('passphrase')}"})
        if login != _LOGIN:
            return 401, "", {"error": "unauthorized"}
        if path == "/api/v2/seal/get/totp":
            return 200, "", {"totp": "246810"}
        known = body.get("totp") == "246810" if path == "/api/v2/seal/pdf" else body.get("passphrase") == "frasa-uji"
        if not known:
            return 400, "", {"error": f"passphrase {body.get('passphrase')} salah", "status_code": 2031}
        sealed = self.spoil(self.identity.seal(base64.b64decode(body["file"][0])))
        return 200, "", {"time": 12, "file": [base64.b64encode(sealed).decode()]}


@contextmanager
def seal_service(identity: Identity) -> Iterator[SimulatedService]:
    """Running; `address` is its root."""
    service = SimulatedService(identity)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, wait, told = service.answer(self.path, self.headers.get("Authorization", ""), body)
            content = json.dumps(told).encode()
            self.send_response(status)
            if wait:
                self.send_header("Retry-After", wait)
            if 300 <= status < 400:
                self.send_header("Location", f"{service.address}/api/v2/sign/pdf")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    service.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
