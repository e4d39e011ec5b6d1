"""The two versions of the specification that one code path serves."""

from __future__ import annotations

from enum import Enum


class Version(Enum):
    """The value is what `X-Experience-API-Version` says in answers: the latest patch of each."""

    V1 = "1.0.3"
    V2 = "2.0.0"
