"""Providers' own templates for certificates."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.ports.records import Table


@dataclass(frozen=True, slots=True)
class KeptTemplate:
    """`source` in Typst's language; logos as bytes with their ending ("png", "svg", "jpg"), empty for none."""

    provider: str
    source: str
    provider_logo: bytes = b""
    provider_logo_ending: str = ""
    agency_logo: bytes = b""
    agency_logo_ending: str = ""


TEMPLATES: Table[KeptTemplate] = Table("certificate_template", KeptTemplate, key=lambda one: (one.provider,))
