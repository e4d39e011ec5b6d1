"""In which encoding a file is, told from how it begins."""

from __future__ import annotations

import codecs

from lrs.errors import InvalidRequestError

SAVE_AS = 'save it as "CSV UTF-8 (comma delimited)" in the spreadsheet, or name its encoding'
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FOREIGN = (
    (b"PK\x03\x04", "a workbook of a spreadsheet (.xlsx) or another archive"),
    (b"\xd0\xcf\x11\xe0", "an old workbook of a spreadsheet (.xls)"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "compressed (gzip): unpack it"),
    (b"<", "a page or XML"),
    (b"{", "JSON"),
)
_KNOWN = frozenset({"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "iso-8859-1"})


def encoding_of(start: bytes, named: str = "") -> str:
    """The name of a codec. `start`: the first bytes, some hundreds; `named`: by whoever sends the file, "" for none.

    Raises InvalidRequestError for a file that is no CSV at all, or an encoding that is not known.
    """
    for mark, what in _FOREIGN:
        if start.startswith(mark):
            raise InvalidRequestError(f"this is no CSV file but {what}; save the table as CSV", where="file")
    for bom, codec in _BOMS:
        if start.startswith(bom):
            return codec
    if named:
        return _known(named)
    even, odd = start[0:400:2].count(0), start[1:400:2].count(0)
    if max(even, odd) > len(start[:400]) // 8:  # UTF-16 without its mark: every other byte of Latin letters is zero
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8"


def _known(named: str) -> str:
    try:
        codec = codecs.lookup(named).name
    except LookupError:
        codec = ""
    name = {"cp1252": "windows-1252", "iso8859-1": "iso-8859-1"}.get(codec, codec)
    if name not in _KNOWN:
        raise InvalidRequestError("the encodings are: " + ", ".join(sorted(_KNOWN)), where="encoding")
    return name
