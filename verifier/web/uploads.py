"""What visitors send: forms and bodies, with limits."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import parse_qs

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from verifier.batch import LONGEST_ZIP
from verifier.errors import RefusedError
from verifier.readers.presented import LONGEST
from verifier.readers.reading import LONGEST_FILE

_FORM_ROOM = 64 * 1024  # bytes of a form beside the file in it
_LONGEST_TEXT_FORM = 3 * LONGEST + 1_000  # a form writes some bytes as three
_MOST_FIELDS = 10
_SPOOLED = 4 * 1024 * 1024  # bytes kept in memory


@dataclass(frozen=True, slots=True)
class Form:
    """`file` is None where no file was sent."""

    fields: dict[str, str]
    file: bytes | None
    name: str = ""


async def read_body(request: Request, longest: int = LONGEST_FILE) -> bytes:
    """The whole body. Raises RefusedError (413)."""
    content = bytearray()
    async for piece in _limited(request, longest):
        content += piece
    return bytes(content)


async def read_form(request: Request, longest: int = LONGEST_FILE) -> Form:
    """Either kind of form. Raises RefusedError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _multipart(request, longest)
    text = (await read_body(request, _LONGEST_TEXT_FORM)).decode("utf-8", "replace")
    try:
        told = parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise RefusedError("this form has too many fields") from error
    return Form({name: values[0] for name, values in told.items()}, None)


async def spooled_file(request: Request, longest: int = LONGEST_ZIP) -> BinaryIO:
    """A large file, as the body or as the `file` of a form; what does not fit into memory lies in a nameless file meanwhile. The caller
    closes it. Raises RefusedError.
    """
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        parser = MultiPartParser(request.headers, _limited(request, longest + _FORM_ROOM), max_files=1, max_fields=_MOST_FIELDS)
        try:
            data = await parser.parse()
        except (MultiPartException, KeyError, ValueError) as error:
            raise RefusedError("this form cannot be read") from error
        files = [value for _, value in data.multi_items() if isinstance(value, UploadFile)]
        if not files:
            raise RefusedError("choose a file")
        return files[0].file
    file: BinaryIO = tempfile.SpooledTemporaryFile(_SPOOLED)  # type: ignore[assignment]  # noqa: SIM115  # the caller closes it
    try:
        async for piece in _limited(request, longest):
            await asyncio.to_thread(file.write, piece)
    except BaseException:
        file.close()
        raise
    return file


async def _multipart(request: Request, longest: int) -> Form:
    parser = MultiPartParser(
        request.headers, _limited(request, longest + _FORM_ROOM), max_files=1, max_fields=_MOST_FIELDS, max_part_size=_LONGEST_TEXT_FORM
    )
    parser.spool_max_size = longest + _FORM_ROOM  # nothing of what is sent here is written to a disk
    try:
        data = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise RefusedError("this form cannot be read") from error
    fields = {name: value for name, value in data.multi_items() if isinstance(value, str)}
    files = [value for _, value in data.multi_items() if isinstance(value, UploadFile)]
    file = await files[0].read() if files else None
    await data.close()
    return Form(fields, file or None, files[0].filename or "" if files else "")


async def _limited(request: Request, longest: int) -> AsyncGenerator[bytes, None]:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > longest:
        raise RefusedError("this is larger than {most} MB", 413, most=longest // 1024 // 1024)
    got = 0
    async for piece in request.stream():
        got += len(piece)
        if got > longest:
            raise RefusedError("this is larger than {most} MB", 413, most=longest // 1024 // 1024)
        yield piece
