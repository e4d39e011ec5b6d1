"""What is asked of an import."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from credentials.catalogue.documents import Entry
from credentials.catalogue.tables import Kind


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What is asked for. `id` of the import; `by`: the actor; `own`: id of whoever imports, whose own row is refused.

    `as_of`: the day that the file speaks of: what it tells otherwise than what is known holds from then on. `agency`: of rows that name
    none. `may_enter(agency)`: whether the actor may enter persons there. `rows`: how many go into one commit.
    """

    id: str
    by: str
    as_of: date
    may_enter: Callable[[str], bool] = lambda agency: True
    own: str = ""
    agency: str = ""
    dry_run: bool = False
    encoding: str = ""
    delimiter: str = ""
    rows: int = 2_500


@dataclass(frozen=True, slots=True)
class CatalogueOrder:
    """What is asked for. `kind`: of a CSV table; "" for JSON. `allow` raises NotAllowedError for an entry that the actor may not enter.

    `keep_states`: take the history of each entry as it is elsewhere; else what is more than a draft is proposed by the actor.
    """

    by: str
    kind: Kind | str = ""
    keep_states: bool = False
    allow: Callable[[Entry], Awaitable[None]] | None = None
    encoding: str = ""
    delimiter: str = ""
