"""UUIDs, IRIs and versions, as statements and parameters name them."""

from __future__ import annotations

import pytest

from lrs.errors import InvalidRequestError
from lrs.xapi.identifiers import is_uuid, parse_uuid
from lrs.xapi.iri import check_iri, is_iri
from lrs.xapi.versions import Version, parse_version_header

ID = "8f87ccde-bb56-4c2e-ab83-44982ef22df0"


def test_a_uuid_is_36_characters_in_any_case() -> None:
    assert is_uuid(ID)
    assert parse_uuid(ID.upper(), "x") == ID


@pytest.mark.parametrize(
    "text",
    ["", ID[:-1], ID + "0", "{" + ID + "}", "urn:uuid:" + ID, ID.replace("-", ""), ID.replace("8", "g"), ID + "\n", ID.replace("0", "٠")],
)
def test_any_other_form_of_a_uuid_is_refused(text: str) -> None:
    assert not is_uuid(text)
    with pytest.raises(InvalidRequestError):
        parse_uuid(text, "x")


@pytest.mark.parametrize(
    "text",
    ["http://a", "https://a.b/c?d=e#f", "urn:x:y", "mailto:a@b", "tag:a,2026:x", "http://é.test/☃", "x:y", "a+b-c.d:e", "http://a/(b)'c"],
)
def test_an_iri_has_a_scheme(text: str) -> None:
    assert is_iri(text)
    assert check_iri(text, "x") == text


@pytest.mark.parametrize(
    "text",
    ["", "a", "/a/b", "//a/b", "www.a.b", "ab=c://d", "1a:b", ":a", "a:", "http://a b", "http://a\n", "http://<a>", 'x:"', "x:{y}", "x:\\"],
)
def test_what_is_no_iri_is_refused(text: str) -> None:
    assert not is_iri(text)
    with pytest.raises(InvalidRequestError):
        check_iri(text, "x")


@pytest.mark.parametrize("text", ["1.0", "1.0.0", "1.0.3", "1.0.99"])
def test_1_0_and_its_patches_are_the_first_version(text: str) -> None:
    assert parse_version_header(text) is Version.V1


@pytest.mark.parametrize("text", ["2.0", "2.0.0", "2.0.1"])
def test_2_0_and_its_patches_are_the_second(text: str) -> None:
    assert parse_version_header(text) is Version.V2


@pytest.mark.parametrize(
    "text", [None, "", "1", "2", "0.95", "1.1.0", "2.1.0", "3.0.0", "1.0.x", "1.0.3, 2.0.0", "v1.0.3", "1.0.3 ", "１.0.3"]
)
def test_any_other_version_is_refused(text: str | None) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parse_version_header(text)
    assert caught.value.where == "header X-Experience-API-Version"
