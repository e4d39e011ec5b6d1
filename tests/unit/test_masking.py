"""Numbers of persons do not stay in a text."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jejak.logs import JsonLines
from lrs.errors import InvalidRequestError
from lrs.masking import MASK, masked
from lrs.web.errors import body_of

NIP, OLD, NIK = "197203152005011007", "131765432", "3171234567890123"


@pytest.mark.parametrize("number", [NIP, OLD, NIK, "19720315 200501 1 007", "19720315.200501.1.007", "19720315-200501-1-007"])
@pytest.mark.parametrize("around", ["{}", "NIP {}: tidak dikenal", "asn|{}", "body.{}", "'{}'", "_{}_", "/{}/", '{{"n":"{}"}}'])
def test_a_number_is_masked_wherever_it_stands(number: str, around: str) -> None:
    assert masked(around.format(number)) == around.format(MASK)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24 JP pada 2026-11-24T09:00:00.000000Z",
        "0192a000-0000-7000-8000-000000000001",
        "50,000,000 bytes",
        "12345678",
        "1234567890",
        "a197203152005011007",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "197203152005011007f",
    ],
)
def test_what_is_no_number_of_a_person_stays(text: str) -> None:
    assert masked(text) == text


@given(st.text(alphabet="0123456789 .-abc|", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_an_error_and_a_log_line_tell_no_number_not_even_in_a_traceback() -> None:
    told = json.loads(body_of(InvalidRequestError(f"tidak ada {NIP}", where=f"actor.{NIP}"), "id"))["error"]
    assert (told["message"], told["where"]) == (f"tidak ada {MASK}", f"actor.{MASK}")
    try:
        raise KeyError(NIP)
    except KeyError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "gagal: %s", (NIP,), (KeyError, error, error.__traceback__))
    record.told = {"route": f"/api/people/{NIP}", "ms": 197203152}
    line = JsonLines().format(record)
    assert NIP not in line
    assert json.loads(line)["ms"] == 197203152
