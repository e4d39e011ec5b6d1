"""Provider profiles on records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from credentials.catalogue.provider import ProviderProfile
from credentials.ports.records import Kept, Records, Table, get_all, scan_all

PROVIDER_PROFILES: Table[ProviderProfile] = Table("provider_profile", ProviderProfile, key=lambda one: (one.provider,))
PROVIDER_TABLES: tuple[Table[Any], ...] = (PROVIDER_PROFILES,)


@dataclass(frozen=True, slots=True)
class ProviderRecords:
    """A provider without a profile is not accredited, and not suspended."""

    records: Records

    async def profile(self, provider: str) -> Kept[ProviderProfile] | None:
        return await self.records.get(PROVIDER_PROFILES, provider)

    async def profiles(self, providers: Sequence[str]) -> dict[str, ProviderProfile]:
        """One for each that was asked for."""
        found = await get_all(self.records, PROVIDER_PROFILES, [(one,) for one in dict.fromkeys(providers)])
        return {one: ProviderProfile(one) for one in providers} | {one.provider: one for one in found.values()}

    async def all(self) -> list[ProviderProfile]:
        """By provider."""
        return await scan_all(self.records, PROVIDER_PROFILES)
