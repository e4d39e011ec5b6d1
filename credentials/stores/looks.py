"""Looks that somebody asked for: whose completion of which batch the projector must judge anew."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.ports.records import Put, Table


@dataclass(frozen=True, slots=True)
class Look:
    """Either may be "": every batch of a person, every person of a batch. `provider` alone: everything of a provider."""

    person: str = ""
    batch: str = ""
    provider: str = ""


LOOKS: Table[Look] = Table("look", Look, key=lambda one: (one.person, one.batch, one.provider))


def ask_for(person: str = "", batch: str = "", provider: str = "") -> Put[Look]:
    """To be added to the commit of a link, a batch, a suspension, a confirmation …"""
    return Put(LOOKS, Look(person, batch, provider))
