"""Presence as xAPI statements: what an attendance list and a confirmed session of coaching say. Pure; no person's name is in them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from credentials.catalogue.model import Batch
from credentials.errors import CaseError

Statement: TypeAlias = dict[str, Any]
ATTENDED = "http://adlnet.gov/expapi/verbs/attended"
_VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_EXTENSIONS = "https://w3id.org/bangkom-id/xapi/ext"
_CATEGORY = "https://w3id.org/bangkom-id/xapi/category"
_SUPPORTING = "http://id.tincanapi.com/attachment/supporting_media"
_SPACE = uuid.UUID("6f1d3a34-3d0f-5c3c-9d0b-5f4a8e2f7a10")  # ids of these statements follow from what they tell
SOURCE_EXTENSION = f"{_EXTENSIONS}/sumber"  # the list or case that a statement came from
SESSION_ROLE = "session"  # of the binding in the evidence rules


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a statement names."""

    home_page: str
    name: str

    def agent(self) -> Statement:
        return {"objectType": "Agent", "account": {"homePage": self.home_page, "name": self.name}}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The scan of the signed list, or of the form: by hash, at an address that only those who may open."""

    digest: str
    size: int
    media_type: str
    address: str

    def attachment(self) -> Statement:
        return {
            "usageType": _SUPPORTING,
            "display": {"id": "daftar atau formulir bertanda tangan", "en": "signed list or form"},
            "contentType": self.media_type,
            "length": self.size,
            "sha2": self.digest,
            "fileUrl": self.address,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Somebody was there from `starts` to `ends`. `door`: "attendance" or "coaching"; `source`: id of the list or case; `row`: in it.

    `activity`: what was attended, as the batch binds it; `title`: of it. `guide`: who led it, None when nobody is named.
    """

    door: str
    source: str
    row: int
    batch: str
    activity: str
    title: str
    learner: Account
    starts: datetime
    ends: datetime
    guide: Account | None = None
    sheet: Sheet | None = None


def session_activity(batch: Batch, source: str) -> str:
    """The activity that the batch binds as its session; below it, one of our own where it binds a prefix. Raises CaseError."""
    for binding in batch.bindings:
        if binding.role == SESSION_ROLE and binding.match == "exact":
            return binding.activity
        if binding.role == SESSION_ROLE and binding.match == "prefix":
            return binding.activity + ("" if binding.activity[-1:] in "/?&#" else "/") + source
    raise CaseError(f"this batch binds no activity in the role '{SESSION_ROLE}'; its provider must enter one", where="batch")


def presence_statement(told: Presence) -> Statement:
    """The same presence is the same statement: told twice, it is there once."""
    minutes = max(1, round((told.ends - told.starts).total_seconds() / 60))
    context: Statement = {
        "contextActivities": {"category": [{"id": f"{_CATEGORY}/{told.door}"}]},
        "extensions": {f"{_EXTENSIONS}/angkatan": told.batch, SOURCE_EXTENSION: told.source},
    }
    if told.guide is not None:
        context["instructor"] = told.guide.agent()
    statement: Statement = {
        "id": str(statement_id(told.source, told.row)),
        "actor": told.learner.agent(),
        "verb": {"id": ATTENDED, "display": {"id": "menghadiri", "en": "attended"}},
        "object": {
            "id": told.activity,
            "definition": {"name": {"id": told.title}, "type": "http://adlnet.gov/expapi/activities/meeting"},
        },
        "result": {"completion": True, "duration": f"PT{minutes}M"},
        "context": context,
        "timestamp": told.ends.isoformat(),
    }
    if told.sheet is not None:
        statement["attachments"] = [told.sheet.attachment()]
    return statement


def void_statement(source: str, row: int, by: Account) -> Statement:
    """Takes the statement of that row back."""
    target = statement_id(source, row)
    return {
        "id": str(uuid.uuid5(_SPACE, f"void/{target}")),
        "actor": by.agent(),
        "verb": {"id": _VOIDED, "display": {"id": "membatalkan", "en": "voided"}},
        "object": {"objectType": "StatementRef", "id": str(target)},
    }


def statement_id(source: str, row: int) -> uuid.UUID:
    """Follows from the source and the row."""
    return uuid.uuid5(_SPACE, f"{source}/{row}")
