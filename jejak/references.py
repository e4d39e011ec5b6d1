"""What the codes in the catalogue mean, for what is printed."""

from __future__ import annotations

_UNNAMED = "Jalur {code}"


def channel_name(code: int) -> str:
    """Of a channel (jalur), in Indonesian."""
    return _UNNAMED.format(code=code)
