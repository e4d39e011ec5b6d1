"""The X.509 certificate with which an issuer signs PDFs: its own, signed by itself. Such a signature is "tidak tersertifikasi"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import algos, core, keys, x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from credentials.keys.key import IssuerKey
from credentials.ports.records import Table
from credentials.suites.signer import Signer
from lrs.clock import to_datetime

_YEARS = 30
_ES256 = {"algorithm": "sha256_ecdsa"}


@dataclass(frozen=True, slots=True)
class PdfCertificate:
    """DER, under the key that it is of. The first that was made stays: its fingerprint stands in the trust list."""

    owner: str
    number: int
    der: bytes


PDF_CERTIFICATES: Table[PdfCertificate] = Table("pdf_certificate", PdfCertificate, key=lambda one: (one.owner, one.number))


def der_signature(raw: bytes) -> bytes:
    """r and s as CMS and X.509 write them."""
    return encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))


def self_signed(key: IssuerKey, name: str, signer: Signer) -> bytes:
    """For a P-256 key. `name`: the issuer's."""
    since = to_datetime(key.created).replace(microsecond=0)
    subject = x509.Name.build({"common_name": name[:64], "organization_name": name[:64]})
    certificate = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(key.public[1:17], "big") >> 1,
            "signature": algos.SignedDigestAlgorithm(_ES256),
            "issuer": subject,
            "validity": {"not_before": _time(since), "not_after": _time(since + timedelta(days=365 * _YEARS))},
            "subject": subject,
            "subject_public_key_info": {
                "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", "secp256r1")},
                "public_key": keys.ECPointBitString(key.public),
            },
            "extensions": [
                {"extn_id": "key_usage", "critical": True, "extn_value": {"digital_signature", "non_repudiation"}},
                {"extn_id": "key_identifier", "extn_value": core.OctetString(key.public[1:21])},
            ],
        }
    )
    signature = der_signature(signer.sign(certificate.dump()))
    whole = x509.Certificate(
        {"tbs_certificate": certificate, "signature_algorithm": algos.SignedDigestAlgorithm(_ES256), "signature_value": signature}
    )
    content: bytes = whole.dump()
    return content


def _time(moment: datetime) -> x509.Time:
    return x509.Time("general_time" if moment.year >= 2050 else "utc_time", moment)
