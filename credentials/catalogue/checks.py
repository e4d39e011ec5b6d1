"""Whether an entry of the catalogue makes sense: whichever door it came through (API, CSV, JSON, command line)."""

from __future__ import annotations

from datetime import date
from itertools import combinations

from credentials.catalogue.bindings import Binding, collide
from credentials.catalogue.model import MINUTES_OF_A_JP, Batch, Programme
from credentials.checks import LONG, check_choice, check_day, check_iri, check_order, check_slug, check_text, check_zone
from credentials.errors import CatalogueError

MOST_JP = 2_000  # longer than any leadership training; what is above is a slip of the finger
MOST_BINDINGS = 200  # of a batch
LAST_CHANNEL = 25
_LONGEST_DAYS = 3_660  # of a batch
_SCOPES, _MODES = ("national", "international"), ("online", "classroom", "blended")
_TYPES = ("technical", "managerial", "socio-cultural")
_MATCHES = ("exact", "prefix", "external")


def check_programme(programme: Programme) -> None:
    """Raises InvalidRequestError (CatalogueError) when the programme makes no sense."""
    check_slug(programme.id, "id")
    if not 1 <= programme.version < 1_000_000:
        raise CatalogueError("versions are counted from 1", where="version")
    for name in ("title", "approving_body", "template"):
        check_text(getattr(programme, name), name, empty=name != "title")
    for name in ("description", "criteria"):
        check_text(getattr(programme, name), name, most=LONG)
    _check_hours(programme)
    if not 0 <= programme.channel <= LAST_CHANNEL:
        raise CatalogueError(f"channels (jalur) are 1 to {LAST_CHANNEL}, and 0 for a study assignment", where="channel")
    check_choice(programme.scope, _SCOPES, "scope")
    check_choice(programme.mode, _MODES, "mode")
    check_choice(programme.competence_type, _TYPES, "competence_type")
    if len(set(programme.competences)) != len(programme.competences):
        raise CatalogueError("a competence is named once", where="competences")
    _check_window(programme.valid_from, programme.valid_until, "valid_from", "valid_until")


def _check_hours(programme: Programme) -> None:
    if not 1 <= programme.jp <= MOST_JP:
        raise CatalogueError(f"a programme has 1 to {MOST_JP:,} JP", where="jp")
    if programme.minutes is not None and programme.minutes // MINUTES_OF_A_JP != programme.jp:
        raise CatalogueError(f"`jp` must be the whole hours ({MINUTES_OF_A_JP} minutes each) of `minutes`", where="minutes")


def _check_window(first: date | None, last: date | None, where_first: str, where_last: str) -> None:
    check_day(first, where_first)
    check_day(last, where_last)
    check_order(first, last, where_last)


def check_batch(batch: Batch, programme: Programme, roles: frozenset[str]) -> None:
    """Raises InvalidRequestError (CatalogueError) when the batch does not fit its programme and its rule (which needs `roles`)."""
    check_slug(batch.id, "id")
    check_text(batch.name, "name")
    if batch.provider != programme.provider:
        raise CatalogueError("the programme is another provider's", where="programme")
    check_zone(batch.time_zone, "time_zone")
    _check_window(batch.starts, batch.ends, "starts", "ends")
    if (batch.ends - batch.starts).days > _LONGEST_DAYS:
        raise CatalogueError(f"a batch lasts at most {_LONGEST_DAYS:,} days", where="ends")
    if batch.minimum_score is not None and not 0 <= batch.minimum_score <= 1:
        raise CatalogueError("the least score is from 0 to 1", where="minimum_score")
    _check_bindings(batch, roles)


def _check_bindings(batch: Batch, roles: frozenset[str]) -> None:
    if len(batch.bindings) > MOST_BINDINGS:
        raise CatalogueError(f"a batch has at most {MOST_BINDINGS} bindings", where="bindings")
    for binding in batch.bindings:
        _check_binding(binding)
        first, last = batch.window(binding)
        if last < first:
            raise CatalogueError("a binding holds on no day of its batch", where="bindings")
    if any(collide(one, other) for one, other in combinations(batch.bindings, 2)):
        raise CatalogueError("an activity is bound once in a batch, not in two roles or by two bindings", where="bindings")
    if missing := roles - {binding.role for binding in batch.bindings}:
        raise CatalogueError(f"the rule needs an activity for: {', '.join(sorted(missing))}", where="bindings")


def _check_binding(binding: Binding) -> None:
    check_slug(binding.role, "bindings")
    check_choice(binding.match, _MATCHES, "bindings")
    check_text(binding.activity, "bindings", most=LONG)
    if binding.match != "external":
        check_iri(binding.activity, "bindings")
    check_day(binding.starts, "bindings")
    check_day(binding.ends, "bindings")
