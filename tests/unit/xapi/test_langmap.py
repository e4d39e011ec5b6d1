"""Language tags (RFC 5646 2.1), as keys of language maps and in `context.language`."""

from __future__ import annotations

import pytest

from lrs.xapi.langmap import is_language_tag

# fmt: off
GOOD = [
    "en", "EN", "en-US", "id-ID", "su", "ban", "min", "bjn", "zh-Hant", "zh-Hant-TW", "zh-cmn-Hans-CN", "zh-yue-HK", "sr-Latn-RS",
    "sl-rozaj-biske-1994", "de-CH-1901", "es-419", "en-a-bbb",
    "en-a-bbb-x-y", "x-anything", "x-a-b", "qaa-Qaaa-QM-x-southern", "i-klingon", "zh-min-nan", "en-GB-oed", "art-lojban", "abcd",
    "abcdefgh", "de-DE-u-co-phonebk",
]
BAD = [
    "a12345678", "something1", "abcdefghi", "en_US", "en-", "-en", "en--US", "zh-z-aaa-z-bbb-c-ccc", "de-1901-1901", "en-a",
    "en-a-b", "en-a-x", "x", "i-unknown", "1en", "en-US-US",
    "de-419-DE", "ar-a-aaa-b-bbb-a-ccc", "x-123456789", "en-abcdefghi", "ÿn", "en-ÿ",
]
# fmt: on


@pytest.mark.parametrize("tag", GOOD)
def test_a_well_formed_tag_is_accepted(tag: str) -> None:
    assert is_language_tag(tag)
    assert is_language_tag(tag), "also when it was seen before"


@pytest.mark.parametrize("tag", [*BAD, "", " ", "en ", "en\n"])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    assert not is_language_tag(tag)
