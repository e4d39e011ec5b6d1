"""Statement bodies as they lie in the file: raw, or by zstd with a dictionary trained on the store's own statements.

Dictionaries are numbered, lie in the file and are never replaced: whoever holds the file can read every body.
"""

from __future__ import annotations

import threading

import apsw
import zstandard

from lrs.errors import StoreUnavailableError, StoreVersionError

RAW = 0
_LEVEL = 2  # of the bodies' size 24.5 % remain; at 3, 23.2 % for half as much time again
_WORTH_A_CALL = 4  # bodies: compressing many at once sets up anew what one by one is kept
_DICTIONARY_BYTES = 65_536
_SAMPLES = 2_000  # bodies that a dictionary is trained on
_SAMPLE_BYTES = 8_000_000  # at most: training takes memory of that order, several times over


class BodyReader:
    """Turns what lies in the file into bodies; for one thread, or under one lock."""

    def __init__(self) -> None:
        self._decompressors: dict[int, zstandard.ZstdDecompressor] = {}

    def read(self, connection: apsw.Connection, codec: int, content: bytes) -> bytes:
        """The body. Raises StoreVersionError when its dictionary is missing, StoreUnavailableError when it is damaged."""
        if codec == RAW:
            return content
        decompressor = self._decompressors.get(codec) or self._load(connection, codec)
        try:
            return decompressor.decompress(content)
        except zstandard.ZstdError as error:
            raise StoreUnavailableError("a statement's body is damaged; the server's operator must run: jejak db check") from error

    def _load(self, connection: apsw.Connection, codec: int) -> zstandard.ZstdDecompressor:
        content = connection.execute("SELECT content FROM dictionary WHERE number = ?", (codec,)).get
        if content is None:
            raise StoreVersionError(f"the file lacks its compression dictionary {codec}")
        decompressor = zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(content))
        self._decompressors[codec] = decompressor
        return decompressor


class BodyReaders:
    """A BodyReader for each reading thread of one file."""

    def __init__(self) -> None:
        self._local = threading.local()

    def mine(self) -> BodyReader:
        """The calling thread's own."""
        reader: BodyReader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = BodyReader()
        return reader


class BodyWriter:
    """Compresses with the newest dictionary; raw until there is one."""

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled
        self.codec = RAW
        self._compressor: zstandard.ZstdCompressor | None = None

    def refresh(self, connection: apsw.Connection) -> None:
        """Takes up the newest dictionary of the file."""
        if not self._enabled:
            return
        row = connection.execute("SELECT number, content FROM dictionary ORDER BY number DESC LIMIT 1").fetchone()
        if row is None:
            self.codec, self._compressor = RAW, None
        elif row[0] != self.codec:
            self.codec = row[0]
            dictionary = zstandard.ZstdCompressionDict(row[1])
            dictionary.precompute_compress(level=_LEVEL)
            self._compressor = zstandard.ZstdCompressor(dict_data=dictionary)

    def write_all(self, bodies: list[bytes]) -> list[bytes]:
        """The contents of all, under the present `codec`, in one call that leaves other threads running."""
        if self._compressor is None:
            return bodies
        if len(bodies) < _WORTH_A_CALL:
            return [self._compressor.compress(body) for body in bodies]
        frames = self._compressor.multi_compress_to_buffer(list[bytes | bytearray | memoryview](bodies), threads=0)
        return [frames[index].tobytes() for index in range(len(frames))]

    def write(self, body: bytes) -> tuple[int, bytes]:
        """(codec, content)."""
        if self._compressor is None:
            return RAW, body
        return self.codec, self._compressor.compress(body)


def sample_bodies(connection: apsw.Connection) -> list[bytes]:
    """The newest raw bodies, for training."""
    samples, size = [], 0
    for (body,) in connection.execute("SELECT body FROM statement WHERE codec = 0 ORDER BY seq DESC LIMIT ?", (_SAMPLES,)):
        size += len(body)
        if size > _SAMPLE_BYTES:
            break
        samples.append(body)
    return samples


def train(samples: list[bytes]) -> bytes:
    """A dictionary from bodies (0.1 to 1 s of one core). Raises zstandard.ZstdError when they are too few or too alike."""
    return zstandard.train_dictionary(_DICTIONARY_BYTES, list[bytes | bytearray | memoryview](samples)).as_bytes()
