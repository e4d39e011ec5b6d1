"""Sentences for a person, as values: the English text with named places, and what stands in them.

`verifier.language` turns one into Indonesian or English. A place may say how its value is read: `{at:moment}` and `{on:date}` hold ISO
8601.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is the key of the translation too."""

    text: str
    values: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Message("")
LONGEST_VALUE = 120  # characters of what a stranger wrote that stand in a sentence of ours


def message(text: str, **values: object) -> Message:
    """A message; values are cut, since they may be a stranger's."""
    return Message(text, {name: _cut(str(value)) for name, value in values.items()})


def marked(text: str) -> str:
    """The text itself; says to whoever collects what is to be translated that it is."""
    return text


def _cut(value: str) -> str:
    clean = "".join(letter if letter.isprintable() else "�" for letter in value[: LONGEST_VALUE + 1])
    return clean if len(clean) <= LONGEST_VALUE else clean[: LONGEST_VALUE - 1] + "…"
