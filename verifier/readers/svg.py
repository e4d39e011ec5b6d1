"""A baked badge: the certificate in an SVG's `openbadges:credential` (Open Badges 3.0 §5.3.2.1)."""

from __future__ import annotations

from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from verifier.errors import UnreadableError

LONGEST_SVG = 4 * 1024 * 1024  # bytes
_ELEMENT = "{https://purl.imsglobal.org/ob/v3p0}credential"
_SVG = "{http://www.w3.org/2000/svg}svg"


def baked_certificate(content: bytes) -> str | None:
    """None where none is baked in. Raises UnreadableError for what is no SVG, has entities, or holds more certificates than one."""
    if len(content) > LONGEST_SVG:
        raise UnreadableError("this is longer than {longest} bytes, and no certificate is", damaged=False, longest=f"{LONGEST_SVG:,}")
    try:
        root = fromstring(content, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, RecursionError, LookupError) as error:
        raise UnreadableError("this SVG is damaged, or holds what no picture needs", damaged=False) from error
    if root.tag != _SVG:
        raise UnreadableError("this is no SVG", damaged=False)
    found = list(root.iter(_ELEMENT))
    if len(found) > 1:
        raise UnreadableError("there is more than one certificate in this picture", damaged=True)
    if not found:
        return None
    return str(found[0].get("verify") or found[0].text or "").strip()
