"""A person has a random internal id; a provider's account names a person only in that provider's statements."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """How one provider's LMS names a learner (xAPI-Data 1.0.3 2.4.2.4 "Account Object")."""

    provider: str
    home_page: str
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """`id` is random and means nothing; `name` is what is printed, from HR, never a statement's `actor.name`."""

    id: str
    name: str
    accounts: tuple[Account, ...] = ()
