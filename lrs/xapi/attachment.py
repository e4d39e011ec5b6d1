"""Attachments as a statement declares them (xAPI-Data 1.0.3 2.4.11; 2.0 4.2.4.4)."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from lrs.xapi.iri import require_iri
from lrs.xapi.langmap import require_langmap
from lrs.xapi.rule import broken

SIGNATURE_USAGE_TYPE = "http://adlnet.gov/expapi/attachments/signature"
_CLAUSE = "xAPI-Data 2.4.11"


class Attachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """`length` in bytes, as the sender says; `sha2` in hexadecimal."""

    usage_type: str
    display: dict[str, str]
    content_type: str
    length: int
    sha2: str
    description: dict[str, str] | UnsetType = UNSET
    file_url: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        require_iri("usageType", self.usage_type, _CLAUSE)
        require_langmap("display", self.display)
        require_langmap("description", self.description)
        require_iri("fileUrl", self.file_url, _CLAUSE)
        if self.length < 0:
            raise broken("length", "length cannot be negative", _CLAUSE)
        if "/" not in self.content_type or "\r" in self.content_type or "\n" in self.content_type:
            raise broken("contentType", "contentType must be an Internet media type, such as application/pdf", _CLAUSE)
        if not self.sha2.isascii() or not self.sha2.isalnum():
            raise broken("sha2", "sha2 must be a SHA-2 digest in hexadecimal", _CLAUSE)
