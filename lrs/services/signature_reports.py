"""What the signatures of a stored statement are worth (xAPI-Data 1.0.3 2.6; 2.0 4.2.6), worked out again from what is kept.

Nothing of it has to be recorded: the statement, the signature's bytes with its certificates, and the moment of storing are durable, and a
verdict follows from them and the operator's anchors. So an anchor that is added or taken away tells in every statement, old ones too.
Certificates must have been valid when the statement was stored.
"""

from __future__ import annotations

from dataclasses import dataclass

from lrs.clock import to_datetime
from lrs.errors import InvalidStatementError, NotFoundError
from lrs.ports import StoredStatement, Stores, Wall
from lrs.services.signatures import SignaturePolicy
from lrs.xapi.attachment import SIGNATURE_USAGE_TYPE
from lrs.xapi.identifiers import parse_uuid
from lrs.xapi.signature import SignatureVerdict, verify_signature
from lrs.xapi.statement import ParsedStatement, parse_statement
from lrs.xapi.strict_json import JsonLimits
from lrs.xapi.versions import Version

_ANY = JsonLimits(nesting=900, number_chars=4_000, size=1 << 40)  # it has passed the limits of its day


@dataclass(frozen=True, slots=True)
class SignatureFinding:
    """`digest`: of the signature's attachment. `verdict` None: it cannot be looked at, `problem` says why."""

    digest: str
    verdict: SignatureVerdict | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """A statement and its signatures, none for one that is not signed."""

    statement: StoredStatement
    findings: tuple[SignatureFinding, ...]


class SignatureReports:
    """Reports across all providers: for administrators."""

    def __init__(self, stores: Stores, policy: SignaturePolicy) -> None:
        self._stores = stores
        self._policy = policy

    async def report(self, statement_id: str) -> SignatureReport:
        """Of a statement, voided or not. Raises InvalidRequestError (no UUID), NotFoundError."""
        own_id = parse_uuid(statement_id, "statement")
        found = await self._stores.statements.get(own_id, Wall()) or await self._stores.statements.get(own_id, Wall(), voided=True)
        if found is None:
            raise NotFoundError("no statement has that id", where="statement")
        # 2.0 has all that 1.0.3 has; which of the two brought it is not kept, and decides only how durations are compared.
        parsed = parse_statement(found.body, Version.V2, _ANY)
        signed = [one.sha2.lower() for one in parsed.own_attachments if one.usage_type == SIGNATURE_USAGE_TYPE]
        return SignatureReport(found, tuple([await self._look(found, parsed, digest) for digest in signed]))

    async def _look(self, found: StoredStatement, parsed: ParsedStatement, digest: str) -> SignatureFinding:
        if await self._stores.attachments.size(digest) is None:
            return SignatureFinding(digest, None, "its bytes are not kept any more")
        content = b"".join([piece async for piece in self._stores.attachments.open(digest)])
        try:
            verdict = verify_signature(
                content,
                parsed,
                digest,
                anchors=self._policy.anchors,
                moment=to_datetime(found.stored),
                limits=_ANY,
                where="attachments",
            )
        except InvalidStatementError as error:
            return SignatureFinding(digest, None, error.message)
        return SignatureFinding(digest, verdict)
