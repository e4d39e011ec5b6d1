"""JSON as an array with one object a line, as our exports are, read while it comes; any other array of objects is read whole."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from credentials.tabular.reading import Trouble
from lrs.errors import InvalidRequestError

MOST_WHOLE = 20_000_000  # bytes of an array that is not in lines
_LONGEST = 1_000_000  # bytes of a line
Found: TypeAlias = tuple[list[tuple[int, dict[str, Any]]], list[Trouble]]


class JsonLines:
    """Entries are numbered by their line, in an array that is not in lines by their place."""

    def __init__(self) -> None:
        self._rest = b""
        self._line = 0
        self._whole: list[bytes] | None = None
        self._size = 0
        self._begun = False
        self._before = b""  # lines before the first entry: what of an array may stand there

    def feed(self, content: bytes) -> Found:
        """The entries that are complete by now. Raises InvalidRequestError when it is no such array."""
        entries: list[tuple[int, dict[str, Any]]] = []
        troubles: list[Trouble] = []
        if self._whole is not None:
            self._keep(content)
            return entries, troubles
        lines = (self._rest + content).split(b"\n")
        self._rest = lines.pop()
        for place, line in enumerate(lines):
            if not self._take(line, entries, troubles):
                self._keep(self._before + b"\n".join([line, *lines[place + 1 :], self._rest]))
                self._rest = b""
                break
        if len(self._rest) > _LONGEST:
            self._keep(self._before + self._rest)
            self._rest = b""
        return entries, troubles

    def finish(self) -> Found:
        """The last entries."""
        entries, troubles = self.feed(b"\n") if self._rest else ([], [])
        if self._whole is not None:
            entries += self._all()
        if not entries and not self._begun:
            raise InvalidRequestError("the file is empty", where="file")
        return entries, troubles

    def _take(self, line: bytes, entries: list[tuple[int, dict[str, Any]]], troubles: list[Trouble]) -> bool:
        """False for a line that is not of an array in lines."""
        self._line += 1
        text = line.strip().removeprefix(b"\xef\xbb\xbf")
        if text in (b"", b"[", b"]"):
            self._before += b"" if self._begun else line + b"\n"
            return True
        found = _objects(text)
        if found is None and not self._begun:
            return False
        self._begun = True
        if found is None:
            troubles.append(Trouble(self._line, "", "this line is no JSON object", "one object a line, with a comma at its end"))
        else:
            entries += [(self._line, one) for one in found]
        return True

    def _keep(self, content: bytes) -> None:
        self._whole = self._whole or []
        self._size += len(content)
        if self._size > MOST_WHOLE:
            raise InvalidRequestError(
                f"an array that is not in lines has at most {MOST_WHOLE:,} bytes: write one object a line", where="file"
            )
        self._whole.append(content)

    def _all(self) -> list[tuple[int, dict[str, Any]]]:
        try:
            found = json.loads(b"".join(self._whole or []))
        except (ValueError, RecursionError) as error:
            raise InvalidRequestError("this is no JSON; of a CSV file say which table it is (--table, ?table=)", where="file") from error
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise InvalidRequestError("the catalogue in JSON is an array of objects; an export shows its form", where="file")
        self._begun = True
        return list(enumerate(found, 1))


def _objects(text: bytes) -> list[dict[str, Any]] | None:
    """What a line of an array in lines has: one object, or all of them."""
    text = text.removesuffix(b",")
    if text.startswith(b"[") and not text.endswith(b"]"):
        text = text[1:]
    elif text.endswith(b"]") and not text.startswith(b"["):
        text = text[:-1]
    if not text.startswith((b"{", b"[")):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    some = found if isinstance(found, list) else [found]
    return some if all(isinstance(one, dict) for one in some) else None
