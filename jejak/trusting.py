"""The overseer's trust list, as the settings name it."""

from __future__ import annotations

from jejak.settings import Settings
from lrs.errors import ConfigurationError
from verifier.errors import TrustError
from verifier.sources.fetching import Fetcher
from verifier.trust_file import TrustFile


def open_trust(settings: Settings) -> TrustFile | None:
    """None without a list: then this server's own active providers are who is known. Raises ConfigurationError for one that is refused."""
    if not settings.trust_list:
        return None
    try:
        root = settings.trust_root.read_bytes() if settings.trust_root is not None else None
        return TrustFile(settings.trust_list, root, Fetcher())
    except TrustError as error:
        raise ConfigurationError(f"JEJAK_TRUST_LIST: {error}") from error
    except OSError as error:
        raise ConfigurationError("JEJAK_TRUST_ROOT cannot be read") from error
