"""PAdES B-B signatures (ETSI EN 319 142-1) by pyHanko, with any signer of ours."""

from __future__ import annotations

import io

from asn1crypto import algos, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers import Signer as CmsSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from credentials.keys.pdf_certificate import der_signature
from credentials.suites.signer import Signer


class _OurSigner(CmsSigner):
    def __init__(self, certificate: bytes, signer: Signer) -> None:
        super().__init__(
            signing_cert=x509.Certificate.load(certificate),
            cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        )
        self._ours = signer

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(72) if dry_run else der_signature(self._ours.sign(data))


async def signed_pdf(content: bytes, certificate: bytes, signer: Signer, name: str) -> bytes:
    """With one invisible signature over the whole file. `certificate`: DER, of the signer's key; `name`: who signs."""
    metadata = PdfSignatureMetadata(field_name="Penyelenggara", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, name=name)
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    await PdfSigner(metadata, _OurSigner(certificate, signer)).async_sign_pdf(writer, output=out)
    return out.getvalue()
