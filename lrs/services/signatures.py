"""Signed statements as the server treats them: each signature is checked, its trust logged, and refused only where the policy says so.

What a signature of a stored statement is worth can be asked at any time: `lrs.services.signature_reports`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from cryptography import x509

from lrs.clock import Clock, to_datetime
from lrs.errors import ConfigurationError, InvalidStatementError
from lrs.ports import AttachmentContent
from lrs.xapi.attachment import SIGNATURE_USAGE_TYPE, Attachment
from lrs.xapi.signature import SignatureVerdict, Trust, verify_signature
from lrs.xapi.statement import ParsedStatement
from lrs.xapi.strict_json import JsonLimits

_CLAUSE = "xAPI-Data 2.6"
_OCTETS = "application/octet-stream"

_log = logging.getLogger("jejak.signatures")


@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """`anchors`: the certificates that trust may come from.

    `require_trusted`: refuse a signature whose certificate does not lead to one.
    """

    anchors: tuple[x509.Certificate, ...] = ()
    require_trusted: bool = False
    json: JsonLimits = field(default_factory=JsonLimits)


def load_anchors(pem: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file that the operator named. Raises ConfigurationError when it holds none."""
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError:
        raise ConfigurationError("the file of trust anchors for signed statements holds no certificate in PEM") from None


@dataclass(frozen=True, slots=True)
class Signatures:
    """Checks the signatures of a request."""

    policy: SignaturePolicy
    clock: Clock

    def check(
        self, parsed: ParsedStatement, statement_id: str, received: dict[str, AttachmentContent], where: str
    ) -> list[SignatureVerdict]:
        """A verdict for each signature attachment of the statement, each logged as the event `signature`.

        Raises InvalidStatementError: not octets, not in this request, not a JWS of this statement, or not trusted where the policy wants
        trust.
        """
        verdicts = []
        for index, attachment in enumerate(parsed.own_attachments):
            if attachment.usage_type == SIGNATURE_USAGE_TYPE:
                verdict = self._check_one(parsed, attachment, received, f"{where}attachments[{index}]")
                self._record(verdict, statement_id)
                verdicts.append(verdict)
        return verdicts

    def _check_one(
        self, parsed: ParsedStatement, attachment: Attachment, received: dict[str, AttachmentContent], where: str
    ) -> SignatureVerdict:
        digest = attachment.sha2.lower()
        part = received.get(digest)
        if part is None:
            raise InvalidStatementError("a signature comes with the request, not by fileUrl", where=where, clause=_CLAUSE)
        if not _is_octets(attachment.content_type) or not _is_octets(part.content_type):
            raise InvalidStatementError(f"a signature is of the type {_OCTETS}", where=where, clause=_CLAUSE)
        moment = to_datetime(self.clock.now_us())
        verdict = verify_signature(
            part.content, parsed, digest, anchors=self.policy.anchors, moment=moment, limits=self.policy.json, where=where
        )
        if self.policy.require_trusted and verdict.trust is not Trust.TRUSTED:
            raise InvalidStatementError(f"the signature's certificate is not trusted: {verdict.trust}", where=where, clause=_CLAUSE)
        return verdict

    def _record(self, verdict: SignatureVerdict, statement_id: str) -> None:
        # The certificate's subject may be a person: only its fingerprint is written down.
        told = {
            "statement": statement_id,
            "algorithm": verdict.algorithm,
            "verified": verdict.verified,
            "trust": verdict.trust.value,
            "certificate": verdict.fingerprint,
        }
        _log.info("signature", extra={"told": told})


def _is_octets(content_type: str) -> bool:
    return content_type.split(";", 1)[0].strip().lower() == _OCTETS
