"""The PDF's own signature: PAdES with the issuer's P-256 key, through pyHanko; with a time-stamp service B-T, and B-LT where all that
a later check needs can be put in.

The certificate over the key is self-made, so this is never called a certified signature (PP 71/2019 art. 60): the page says what it is.
"""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import algos, keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign import Signer as PdfKey
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from credentials.files.time_stamps import HttpTimeStamps
from credentials.suites.signer import Signer

_FIELD = "Penerbit"
_YEARS = 30  # of the certificate over a key: certificates of learning are for life
NOT_CERTIFIED = "Segel elektronik PAdES {level} dengan kunci penyelenggara; bukan tanda tangan elektronik tersertifikasi."


@dataclass(frozen=True, slots=True)
class Seal:
    """Who seals: the issuer's ES256 signer, its key as an uncompressed point, its DID and name, when the key was made; a time-stamp
    service or None.
    """

    signer: Signer
    public: bytes
    did: str
    name: str
    created: datetime
    time_stamps: HttpTimeStamps | None = None

    @property
    def level(self) -> str:
        """What the page promises."""
        return "B-LT" if self.time_stamps is not None else "B-B"


async def sealed(page: bytes, seal: Seal, certificate: asn1_x509.Certificate) -> bytes:
    """The page with its signature over all of it."""
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
    await signer.async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(page)), output=out)
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
        return bytes(72) if dry_run else _der(await asyncio.to_thread(self._issuer.sign, data))


def certificate_of(seal: Seal, serial: int) -> asn1_x509.Certificate:
    """A self-signed X.509 certificate over the issuer's key (RFC 5280), for signatures only."""
    name = asn1_x509.Name.build({"common_name": seal.name[:64], "organization_name": seal.did[:64]})
    public = keys.PublicKeyInfo(
        {
            "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", "secp256r1")},
            "public_key": keys.ECPointBitString(seal.public),
        }
    )
    begins = seal.created.astimezone(UTC).replace(microsecond=0)
    told: dict[str, Any] = {
        "version": "v3",
        "serial_number": serial,
        "signature": {"algorithm": "sha256_ecdsa"},
        "issuer": name,
        "validity": {
            "not_before": asn1_x509.Time("utc_time", begins - timedelta(days=2)),
            "not_after": asn1_x509.Time("general_time", begins + timedelta(days=365 * _YEARS)),
        },
        "subject": name,
        "subject_public_key_info": public,
        "extensions": [
            {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": False}},
            {"extn_id": "key_usage", "critical": True, "extn_value": {"digital_signature", "non_repudiation"}},
        ],
    }
    content = asn1_x509.TbsCertificate(told)
    signature = _der(seal.signer.sign(content.dump()))
    return asn1_x509.Certificate(
        {"tbs_certificate": content, "signature_algorithm": {"algorithm": "sha256_ecdsa"}, "signature_value": signature}
    )


def _der(signature: bytes) -> bytes:
    """r and s of 32 bytes each, as X.509 and CMS want them (RFC 3279 §2.2.3)."""
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
