"""A baked badge: the certificate in a PNG's `iTXt` chunk (Open Badges 3.0 §5.3.1.1)."""

from __future__ import annotations

import struct
import zlib

from verifier.errors import UnreadableError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
MOST_CHUNKS = 10_000
LONGEST_TEXT = 262_144  # bytes, unpacked


def baked_certificate(content: bytes) -> str | None:
    """None where none is baked in. Raises UnreadableError for a damaged file, or more certificates than one."""
    found = [text for kind, data in _chunks(content) if kind == b"iTXt" and (text := _text(data)) is not None]
    if len(found) > 1:
        raise UnreadableError("there is more than one certificate in this picture", damaged=True)
    return found[0] if found else None


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    chunks: list[tuple[bytes, bytes]] = []
    while place < len(content):
        if len(chunks) == MOST_CHUNKS or place + 12 > len(content):
            raise UnreadableError("this PNG is damaged or cut off", damaged=True)
        (length,) = struct.unpack_from(">I", content, place)
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        crc = content[place + 8 + length : place + 12 + length]
        if len(crc) != 4 or zlib.crc32(kind + data) != int.from_bytes(crc, "big"):
            raise UnreadableError("this PNG is damaged or cut off", damaged=True)
        chunks.append((kind, data))
        if kind == b"IEND":
            return chunks
        place += 12 + length
    raise UnreadableError("this PNG is damaged or cut off", damaged=True)


def _text(data: bytes) -> str | None:
    """PNG 3rd edition §11.3.3.4: keyword, two flags, language and translated keyword, each ended by a zero byte."""
    keyword, _, rest = data.partition(b"\0")
    if keyword != _KEYWORD or len(rest) < 2:
        return None
    packed, text = rest[0], rest[2:].split(b"\0", 2)[-1]
    if packed:
        unpacking = zlib.decompressobj()
        try:
            text = unpacking.decompress(text, LONGEST_TEXT + 1)
        except zlib.error as error:
            raise UnreadableError("the certificate in this picture is damaged", damaged=True) from error
    if len(text) > LONGEST_TEXT:
        raise UnreadableError("the certificate in this picture is damaged", damaged=True)
    return text.decode("utf-8", "replace")
