"""An account at a provider that a learner says is their own, so that what the provider's statements tell of it counts for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from credentials.errors import CaseError

MOST_WAITING = 10  # requests of one person that wait at a time: nobody has more accounts than that to tell of at once
MOST_A_DAY = 10  # requests of one person in 24 hours, whatever became of them
DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAccount:
    """As the provider's statements name it. `since`, `until`: the days of learning on which it was the person's, both included; None: no
    bound. An identifier: it goes with notes and files when their time is over, and when the person is erased.
    """

    home_page: str
    name: str
    since: date | None = None
    until: date | None = None


def check_account(account: AskedAccount, today: date, reserved: Collection[str]) -> None:
    """`reserved`: home pages on which an account is no account of an LMS. Raises CaseError."""
    if account.home_page.rstrip("/") in {one.rstrip("/") for one in reserved if one}:
        raise CaseError(
            "an account on this page is entered by HR, as a number of yours; name the account at the provider", where="home_page"
        )
    if account.since is not None and account.since > today:
        raise CaseError("an account that is not yours yet cannot be asked for", where="since")
    if account.since is not None and account.until is not None and account.until < account.since:
        raise CaseError("it cannot end before it begins", where="until")


def asked_again(moments: Sequence[int], now: int) -> tuple[int, ...] | None:
    """The moments of the last 24 hours with this one; None when there are too many."""
    recent = [one for one in moments if one > now - DAY]
    return (*recent, now) if len(recent) < MOST_A_DAY else None
