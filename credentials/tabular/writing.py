"""CSV that a spreadsheet may open: no cell is taken for a formula there, and what is read back is what was written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

# What spreadsheets run as a formula, and what this module has marked before.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_MARKED = re.compile(r"'+[=+\-@\t\r]")
BOM = "\ufeff"  # without it, a spreadsheet takes UTF-8 for something else


def neutral(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would run (OWASP, "CSV Injection")."""
    return "'" + cell if _FORMULA.match(cell) is not None else cell


def original(cell: str) -> str:
    """What `neutral` was given."""
    return cell[1:] if _MARKED.match(cell) is not None else cell


def csv_lines(rows: Iterable[Sequence[str]], delimiter: str = ",") -> Iterable[str]:
    """One line for each row, CRLF at its end (RFC 4180), every cell neutral."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_ALL)  # blanks at either end stay
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
