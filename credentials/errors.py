"""Every error that the credential module raises on purpose, by who must act.

The roots are those of `lrs.errors`, so that the one table from error class to status holds for these too.

SenderError (lrs)
├── ForbiddenError (lrs)
│   └── NotAllowedError             signed in, but not in a role that may do this to this record
└── InvalidRequestError (lrs)
    ├── CatalogueError              an entry of the catalogue makes no sense
    ├── PeopleError                 a person, an identifier or a link makes no sense
    ├── EvidenceError               an evidence rule makes no sense, or asks for more work than one may
    ├── HoursError                  a line of the ledger, or a rule of counting, makes no sense
    ├── AccessError                 a grant, or how access is asked for, makes no sense
    ├── CaseError                   a claim, a session, an objection … or a decision on it makes no sense
    ├── CertificateIdError          this is no certificate's id
    ├── TemplateError               a template for certificates cannot be set, or hides a field that it must show
    ├── NoteError                   this is no signed note, checkpoint or key of a log, or its signature is wrong
    ├── TrustDraftError             a root or a trust list makes no sense, or too few have signed it
    └── WitnessError                a witness refuses to cosign; `status` is the one that its protocol has for it
OperatorError (lrs)
└── CredentialError                 a certificate cannot be made as things stand
    ├── UndefinedTermError          the document has a term that no context defines, so the proof would not cover it
    ├── KeyUnsealError              an issuer's key cannot be opened with this server key, or its vault cannot be used
    ├── SealServiceError            (also ServiceUnavailableError, lrs) a service elsewhere does not seal or stamp a PDF as it should
    └── NotYetError                 something else has to be issued before
"""

from __future__ import annotations

from lrs.errors import ForbiddenError, InvalidRequestError, OperatorError, ServiceUnavailableError


class CatalogueError(InvalidRequestError):
    """An entry of the catalogue makes no sense; `where` names the member."""


class PeopleError(InvalidRequestError):
    """A person, an identifier or a link makes no sense; `where` names the member, and no text holds an identifier."""


class EvidenceError(InvalidRequestError):
    """An evidence rule makes no sense, or asks for more work than one may; `where` names the place."""


class HoursError(InvalidRequestError):
    """A line of the ledger, a rule table or a status makes no sense; `where` names the member."""


class AccessError(InvalidRequestError):
    """A grant, or how access is asked for, makes no sense; `where` names the member."""


class CaseError(InvalidRequestError):
    """A claim, a session, an objection or a decision on one makes no sense; `where` names the member."""


class NotAllowedError(ForbiddenError):
    """Signed in, but in no role that may do this to this record; `scope` names the action."""


class CertificateIdError(InvalidRequestError):
    """This is no certificate's id."""


class NoteError(InvalidRequestError):
    """This is no signed note, checkpoint or key of a log, or its signature is wrong."""


class TrustDraftError(InvalidRequestError):
    """A root, a trust list or an entry of one makes no sense, or too few have signed it."""


class WitnessError(InvalidRequestError):
    """A witness refuses to cosign. `status`: the one that c2sp.org/tlog-witness has for the reason; `message` is the answer's body."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class TemplateError(InvalidRequestError):
    """A template for certificates cannot be set, or hides a field that it must show; the message is for whoever wrote it."""


class CredentialError(OperatorError):
    """A certificate cannot be made as things stand."""


class UndefinedTermError(CredentialError):
    """The document has a term that no context defines: Data Integrity would not sign it (VC Data Integrity 1.0 §2.4.1)."""


class KeyUnsealError(CredentialError):
    """An issuer's key cannot be opened: the server key is not the one that it was sealed with."""


class SealServiceError(CredentialError, ServiceUnavailableError):
    """A service elsewhere does not seal or stamp a PDF as it should. The PDF is made again when somebody asks again."""


class NotYetError(CredentialError):
    """Something else has to be issued before: the next try finds it."""
