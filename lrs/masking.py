"""Numbers of persons in texts that others read: logs, errors, reasons. A last net; what writes a text leaves them out by itself.

A NIP or NI PPPK has 18 digits (also written in four groups), an old NIP 9, a NIK 16. Digits within a longer word (a digest) are none.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:\d{18}|\d{16}|\d{9}|\d{8}[ .-]\d{6}[ .-][12][ .-]\d{3})(?![0-9A-Za-z])")
MASK = "[…]"


def masked(text: str) -> str:
    """Without such numbers."""
    return _NUMBER.sub(MASK, text) if any(letter.isdigit() for letter in text) else text
