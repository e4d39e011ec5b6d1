"""Free text of our own: words made of syllables, frequent ones often, as people write. The same for the same seed."""

from __future__ import annotations

import random

_ONSETS = ("", "b", "c", "d", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "w", "ng", "ny", "tr", "kr", "pr")
_VOWELS = ("a", "a", "a", "e", "e", "i", "i", "o", "u", "ai", "au", "é")
_CODAS = ("", "", "", "n", "ng", "r", "s", "t", "k", "h", "m", "l")
_WORDS = 4_000
_POOL_CHARS = 400_000  # far more than a compression dictionary holds, so that text does not compress better than people's


class Text:
    """A pool of text that statements take pieces of."""

    def __init__(self, source: random.Random) -> None:
        words = [_word(source) for _ in range(_WORDS)]
        pieces: list[str] = []
        size = 0
        while size < _POOL_CHARS:
            sentence = " ".join(words[int(_WORDS * source.random() ** 3)] for _ in range(source.randint(4, 14)))
            pieces.append(sentence.capitalize() + source.choice((". ", ". ", ". ", "; ", ": ", "? ")))
            size += len(pieces[-1])
        self._pool = "".join(pieces)[:_POOL_CHARS]

    def piece(self, source: random.Random, chars: int) -> str:
        """So many characters from anywhere."""
        start = int(source.random() * (_POOL_CHARS - chars))
        return self._pool[start : start + chars]


def _word(source: random.Random) -> str:
    return "".join(source.choice(_ONSETS) + source.choice(_VOWELS) + source.choice(_CODAS) for _ in range(source.randint(1, 4)))
