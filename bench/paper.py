"""Printed certificates: ours, and the same page by Typst, QR and pyHanko alone, without a process apart, without store and limits."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

import typst
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from bench.certificate import NOW, URL, document, issuing
from credentials.certificate.digest import credential_digest
from credentials.certificate.document import certificate_address
from credentials.certificate.issued import Certificate
from credentials.certificate.number import id_text
from credentials.certificate.qr import qr_svg
from credentials.certificate.qr_payload import QrClaims, qr_link
from credentials.files.facts import facts_of
from credentials.files.typesetting import BUNDLED
from credentials.keys import Derived, IssuerKey, IssuerKeys, P256Signer, SealedVault
from credentials.keys.pdf_certificate import self_signed
from credentials.services.filing import Filing
from credentials.services.log import IssuanceLog
from credentials.stores.decisions import DecisionLog
from credentials.stores.memory import MemoryRecords
from credentials.suites.cose_sign1 import key_id, point
from credentials.suites.eddsa_rdfc_2022 import add_proof
from credentials.suites.vc_jwt import sign_token
from lrs.clock import SystemClock

_MAIN = """#pdf.attach("credential.json", relationship: "data", mime-type: "application/json", description: "Open Badges 3.0")
#pdf.attach("credential.jwt.txt", relationship: "alternative", mime-type: "text/plain", description: "vc+jwt")
#include "template.typ"
"""


def certificate(number: int) -> Certificate:
    """As it is issued, in what a page shows and carries."""
    signers, name = issuing(), id_text(number.to_bytes(16, "big"))
    made = document(number) | {"id": certificate_address(URL, name)}
    claims = QrClaims(
        id=name,
        holder=made["credentialSubject"]["identifier"][0]["identityHash"],
        title=made["name"],
        provider=made["issuer"]["name"],
        jp=8,
        valid_from=1_795_507_200,
        awarded=1_795_143_600,
        valid_until=0,
        list=1,
        index=number,
        digest=credential_digest(made),
        kind=3,
    )
    link = qr_link(URL, claims, key_id(point(signers.curve.private.public_key())), signers.curve)
    token, content = sign_token(made, signers.curve), json.dumps(add_proof(made, signers.edwards, NOW)).encode()
    return Certificate(name, "balai", "p", "pbj-1", "pbj", 1, 1, made["name"], 1, content, token, link.partition("#")[2], b"", ())


def ours() -> Filing:
    """The service that answers `/c/ID.pdf`, over a store in memory, with nothing made yet."""
    records, clock = MemoryRecords(), SystemClock()
    keys = IssuerKeys(records, {"sealed": SealedVault(Derived(b"k" * 32))}, clock, URL, "sealed")
    return Filing(records, keys, IssuanceLog(records, keys, clock, "jejak.test/log"), DecisionLog(records, clock), URL)


@dataclass(slots=True)
class Alone:
    """Nothing but the three libraries, in this process."""

    signer: SimpleSigner
    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Alone:
        private = ec.generate_private_key(ec.SECP256R1())
        public = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        key = IssuerKey("balai@pdf", 1, "pdf", "p-256", public, "sealed", b"", 1_795_500_000_000_000)
        made = self_signed(key, "Balai Contoh", P256Signer("pdf", private))
        content = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko does not say
        signer = SimpleSigner(asn1_x509.Certificate.load(made), asn1_keys.PrivateKeyInfo.load(content), store)
        folder.mkdir()
        (folder / "template.typ").write_text(BUNDLED)
        (folder / "logos.json").write_text('{"provider": "", "agency": ""}')
        (folder / "main.typ").write_text(_MAIN)
        return cls(signer, folder)

    async def pdf(self, certificate: Certificate) -> bytes:
        """The same page with the same attachments, sealed to the same level."""
        for name, text in (
            (
                "facts.json",
                json.dumps(facts_of(json.loads(certificate.document), certificate.id, URL) | {"seal": "Segel elektronik PAdES B-B"}),
            ),
            ("qr.svg", qr_svg(f"{URL}/v/{certificate.id}#{certificate.qr}")),
            ("credential.jwt.txt", certificate.token),
        ):
            (self.folder / name).write_text(text)
        (self.folder / "credential.json").write_bytes(certificate.document)
        page = typst.compile(
            str(self.folder / "main.typ"), root=str(self.folder), format="pdf", pdf_standards=["a-3b"], ignore_system_fonts=True
        )
        metadata = PdfSignatureMetadata(field_name="Penerbit", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        out = io.BytesIO()
        await PdfSigner(metadata, signer=self.signer).async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(page)), output=out)
        return out.getvalue()
