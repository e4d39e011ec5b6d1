"""Signed statements as the settings have them: which certificates trust comes from, and whether it is wanted."""

from __future__ import annotations

from jejak.settings import Settings
from lrs.services.signatures import SignaturePolicy, load_anchors
from lrs.xapi.strict_json import JsonLimits


def signature_policy(settings: Settings) -> SignaturePolicy:
    """Raises ConfigurationError when the file of anchors holds none."""
    anchors = load_anchors(settings.signature_anchors.read_bytes()) if settings.signature_anchors else ()
    json = JsonLimits(nesting=settings.limit_nesting, size=settings.limit_json)
    return SignaturePolicy(anchors=anchors, require_trusted=settings.signature_required, json=json)
