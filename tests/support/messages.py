"""Every sentence of the verifier that is to be translated, collected from its code and templates by Babel."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

import verifier

_ERRORS = (
    "CheckError",
    "UnreadableError",
    "UnavailableError",
    "RefusedError",
    "BusyError",
    "TrustError",
    "ForbiddenError",
    "StoreUnavailableError",
)
_CALLS = (*_ERRORS, "message", "marked", "text")
_KEYWORDS = dict.fromkeys(_CALLS) | {"_": None}


def sentences(package: Path = Path(verifier.__file__).parent) -> set[str]:
    """The English texts."""
    methods = [("templates/**.html", "jinja2"), ("**.py", "python")]
    found = extract_from_dir(str(package), method_map=methods, keywords=_KEYWORDS, options_map={"templates/**.html": {"trimmed": "true"}})
    return {text for _, _, text, _, _ in found if isinstance(text, str)}
