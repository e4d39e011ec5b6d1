"""The loader of bundled data. It refuses what has another hash than the manifest says, and it fetches nothing."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


class BundledDataError(Exception):
    """A bundled file is missing, damaged, or of another release than the one that was looked at: install the pinned dependencies."""


@cache
def contexts() -> dict[str, dict[str, Any]]:
    """The JSON-LD contexts that may be used, by their address. Callers must not change them. Raises BundledDataError."""
    manifest: dict[str, dict[str, str]] = json.loads((_HERE / "contexts.json").read_bytes())
    return {url: json.loads(_pinned(entry["package"], entry["path"], entry["sha256"])) for url, entry in manifest.items()}


@cache
def evidence_rules() -> tuple[dict[str, Any], ...]:
    """The evidence rules of this release as plain data; `credentials.evidence.presets` gives them their meaning."""
    return tuple(json.loads((_HERE / "evidence_rules.json").read_bytes()))


@cache
def vocabulary() -> dict[str, Any]:
    """Which words of LMSs mean the same; `credentials.evidence.vocabulary` gives them their meaning. Callers must not change them."""
    words: dict[str, Any] = json.loads((_HERE / "vocabulary.json").read_bytes())
    return words


@cache
def formats() -> dict[str, dict[str, Any]]:
    """The numbers and names of our own formats (docs/formats.md), which issuing and verifying share. Callers must not change them."""
    told: dict[str, dict[str, Any]] = json.loads((_HERE / "formats.json").read_bytes())
    return told


@cache
def jp_tables() -> tuple[dict[str, Any], ...]:
    """The national tables for counting hours of this release, oldest first; `credentials.hours.reading` gives them their meaning."""
    return tuple(json.loads((_HERE / "jp_tables.json").read_bytes()))


@cache
def jp_table_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one such table, also of an agency's."""
    schema: dict[str, Any] = json.loads((_HERE / "jp_table.schema.json").read_bytes())
    return schema


@cache
def jp_switches() -> tuple[dict[str, Any], ...]:
    """What each switch of a table decides, its values, and the number of the decision in docs/hours.md."""
    return tuple(json.loads((_HERE / "jp_switches.json").read_bytes()))


@cache
def jp_channels() -> dict[int, dict[str, str]]:
    """Names of the channels (jalur) in Indonesian and English: SIASN's jenisDiklat 1 to 25, and 0 for a study assignment."""
    return {one["code"]: one["name"] for one in json.loads((_HERE / "jp_channels.json").read_bytes())}


@cache
def competences() -> dict[str, list[dict[str, Any]]]:
    """The competences of this release with their fields and keepers as plain data; `credentials.catalogue.competences` reads them."""
    found: dict[str, list[dict[str, Any]]] = json.loads((_HERE / "competences.json").read_bytes())
    return found


def _pinned(package: str, path: str, sha256: str) -> bytes:
    try:
        content = Path(str(distribution(package).locate_file(path))).read_bytes()
    except (PackageNotFoundError, OSError) as error:
        raise BundledDataError(f"{path} is missing") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BundledDataError(f"{path} is not the file that was pinned")
    return content
