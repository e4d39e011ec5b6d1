"""Providers' accreditation and suspension. Both carry dates, also past ones; what they change is looked at anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from credentials.catalogue.provider import Accreditation, ProviderProfile, check_accreditations
from credentials.catalogue.states import PROVIDER_FLOW, StateChange, moved, replayed
from credentials.checks import check_day, check_text
from credentials.errors import CatalogueError
from credentials.ports.records import Replace
from credentials.stores.decisions import DecisionLog
from credentials.stores.looks import ask_for
from credentials.stores.providers import PROVIDER_PROFILES, ProviderRecords
from lrs.errors import ConflictError, NotFoundError
from lrs.ports import ClientStore

_MOST_WINDOWS = 100


@dataclass(frozen=True, slots=True)
class ProviderStandings:
    """Each method raises CatalogueError, NotFoundError or ConflictError; then nothing is stored."""

    profiles: ProviderRecords
    log: DecisionLog
    providers: ClientStore

    async def profile(self, provider: str) -> ProviderProfile:
        """Raises NotFoundError for a provider that is not there."""
        return (await self._found(provider))[0]

    async def accredit(self, provider: str, windows: tuple[Accreditation, ...], *, by: str, reason: str = "") -> ProviderProfile:
        """These windows, in place of those that were."""
        check_text(reason, "reason", empty=True)
        profile, revision = await self._found(provider)
        _check_windows(windows)
        changed = replace(profile, accreditations=tuple(sorted(windows, key=lambda one: one.starts)))
        told = [f"{one.starts}/{one.ends or ''} {one.body} {one.number}".rstrip() for one in changed.accreditations]
        await self.log.append(
            Replace(PROVIDER_PROFILES, changed, revision),
            ask_for(provider=provider),
            actor=by,
            kind="provider.accredited",
            subject=f"provider:{provider}",
            reason=reason,
            content={"windows": told},
        )
        return changed

    async def restore(self, profile: ProviderProfile, by: str) -> ProviderProfile:
        """Windows and history as they are elsewhere, in place of windows alone. Raises ConflictError where there is a history already."""
        before, revision = await self._found(profile.provider)
        if before.history and before.history != profile.history:
            raise ConflictError("this provider has a history of its own here", where="history")
        _check_windows(profile.accreditations)
        replayed(profile.history, PROVIDER_FLOW)
        await self.log.append(
            Replace(PROVIDER_PROFILES, profile, revision),
            ask_for(provider=profile.provider),
            actor=by,
            kind="provider.restored",
            subject=f"provider:{profile.provider}",
        )
        return profile

    async def suspend(self, provider: str, since: date, *, by: str, reason: str) -> ProviderProfile:
        """What is learnt from that day on does not count; what was completed before it stays."""
        return await self._move(provider, StateChange("suspended", since, self.log.clock.now_us(), by, reason))

    async def lift(self, provider: str, since: date, *, by: str, reason: str) -> ProviderProfile:
        """Learning counts again from that day on; the day of the suspension itself undoes it."""
        return await self._move(provider, StateChange("active", since, self.log.clock.now_us(), by, reason))

    async def _move(self, provider: str, change: StateChange) -> ProviderProfile:
        check_day(change.since, "since")
        check_text(change.reason, "reason")
        profile, revision = await self._found(provider)
        changed = replace(profile, history=moved(profile.history, change, PROVIDER_FLOW))
        await self.log.append(
            Replace(PROVIDER_PROFILES, changed, revision),
            ask_for(provider=provider),
            actor=change.by,
            kind="provider.suspended" if change.state == "suspended" else "provider.lifted",
            subject=f"provider:{provider}",
            reason=change.reason,
            content={"since": str(change.since)},
        )
        return changed

    async def _found(self, provider: str) -> tuple[ProviderProfile, int]:
        if await self.providers.provider(provider[:63]) is None:
            raise NotFoundError("there is no provider with this id", where="provider")
        kept = await self.profiles.profile(provider)
        return (kept.value, kept.revision) if kept else (ProviderProfile(provider), 0)


def _check_windows(windows: tuple[Accreditation, ...]) -> None:
    if len(windows) > _MOST_WINDOWS:
        raise CatalogueError(f"a provider has at most {_MOST_WINDOWS} accreditations", where="accreditations")
    for one in windows:
        check_text(one.body, "accreditations")
        check_text(one.number, "accreditations", empty=True)
        check_day(one.starts, "accreditations")
        check_day(one.ends, "accreditations")
    check_accreditations(windows)
