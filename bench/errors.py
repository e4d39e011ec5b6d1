"""What a bench raises."""

from __future__ import annotations


class NotMeasuredError(Exception):
    """A bench cannot be run here; the message says what is missing."""
