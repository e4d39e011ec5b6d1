"""The code list of competences, and who keeps each field (its Center of Excellence). What is bundled can be extended and replaced."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from credentials.catalogue.model import CompetenceType
from credentials.checks import LONG, check_choice, check_slug, check_text
from credentials.errors import CatalogueError
from schemas.loader import competences as bundled

_CODE = re.compile(r"[A-Z][A-Z0-9]*(\.[A-Z0-9]+){0,5}")
_LONGEST_CODE = 40
_TYPES = ("technical", "managerial", "socio-cultural")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of competence. `keeper`: the agency that is the Center of Excellence for it, in words; `keeper_agency`: its code."""

    id: str
    name_id: str
    name_en: str
    keeper: str
    keeper_agency: str


@dataclass(frozen=True, slots=True)
class Competence:
    """`code` never means anything else; one that is not to be used any more is `retired`. `source`: where name and definition are from."""

    code: str
    type: CompetenceType
    field: str
    name_id: str
    name_en: str
    definition_id: str
    definition_en: str
    source: str = ""
    retired: bool = False


@cache
def bundled_fields() -> dict[str, Field]:
    """By id."""
    found: list[dict[str, Any]] = bundled()["fields"]
    fields = (Field(one["id"], one["name"]["id"], one["name"]["en"], one["keeper"]["name"], one["keeper"]["agency"]) for one in found)
    return {one.id: one for one in fields}


@cache
def bundled_competences() -> dict[str, Competence]:
    """By code."""
    found: list[dict[str, Any]] = bundled()["competences"]
    return {one["code"]: _competence(one) for one in found}


def _competence(one: dict[str, Any]) -> Competence:
    name, definition = one["name"], one["definition"]
    return Competence(one["code"], one["type"], one["field"], name["id"], name["en"], definition["id"], definition["en"], one["source"])


def check_field(field: Field) -> None:
    """Raises CatalogueError when the field makes no sense."""
    check_slug(field.id, "id")
    for name in ("name_id", "name_en", "keeper", "keeper_agency"):
        check_text(getattr(field, name), name)


def check_competence(competence: Competence) -> None:
    """Raises CatalogueError when the competence makes no sense."""
    if len(competence.code) > _LONGEST_CODE or _CODE.fullmatch(competence.code) is None:
        raise CatalogueError("a code is capital letters and digits in parts with dots between, such as T.PBJ.1", where="code")
    check_choice(competence.type, _TYPES, "type")
    check_slug(competence.field, "field")
    for name in ("name_id", "name_en"):
        check_text(getattr(competence, name), name)
    for name in ("definition_id", "definition_en"):
        check_text(getattr(competence, name), name, most=LONG)
    check_text(competence.source, "source", empty=True)
