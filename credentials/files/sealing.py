"""The PDF's own signature: PAdES with the issuer's key for PDFs, through pyHanko; with a time-stamp service B-T, and B-LT where all that
a later check needs can be put in.

The certificate over the key is self-made, so this is never called a certified signature (PP 71/2019 art. 60): the page says what it is.
"""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass

from asn1crypto import algos
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign import Signer as PdfKey
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from credentials.files.time_stamps import HttpTimeStamps
from credentials.keys.pdf_certificate import der_signature
from credentials.suites.signer import Signer

_FIELD = "Penerbit"
_RESERVED = (
    16_384  # hexadecimal digits for a signature without a time stamp: some 2 KB with its certificate; pyHanko would sign twice to see
)
NOT_CERTIFIED = "Segel elektronik PAdES {level} dengan kunci penyelenggara; bukan tanda tangan elektronik tersertifikasi."


@dataclass(frozen=True, slots=True)
class Seal:
    """Who seals: `certificate` (DER) over the ES256 `signer`'s key, and the provider's name; a time-stamp service or None."""

    signer: Signer
    certificate: bytes
    name: str
    time_stamps: HttpTimeStamps | None = None

    @property
    def level(self) -> str:
        """What the page promises."""
        return "B-LT" if self.time_stamps is not None else "B-B"


async def sealed(page: bytes, seal: Seal) -> bytes:
    """The page with its signature over all of it."""
    certificate = asn1_x509.Certificate.load(seal.certificate)
    key = _IssuerKey(seal.signer, certificate)
    stamps = seal.time_stamps
    context = ValidationContext(trust_roots=[certificate, *stamps.roots], allow_fetching=False) if stamps is not None else None
    metadata = PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=seal.name,
        embed_validation_info=context is not None,
        validation_context=context,
    )
    out = io.BytesIO()
    signer = PdfSigner(metadata, signer=key, timestamper=stamps)
    await signer.async_sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(page)), output=out, bytes_reserved=None if stamps is not None else _RESERVED
    )
    return out.getvalue()


class _IssuerKey(PdfKey):
    """Our small protocol as pyHanko's."""

    def __init__(self, signer: Signer, certificate: asn1_x509.Certificate) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko does not say
        store.register(certificate)
        mechanism = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
        super().__init__(signing_cert=certificate, cert_registry=store, signature_mechanism=mechanism, prefer_pss=False)
        self._issuer = signer

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(72) if dry_run else der_signature(await asyncio.to_thread(self._issuer.sign, data))
