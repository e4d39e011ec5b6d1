"""Providers and their clients."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from lrs.errors import ConflictError, NotFoundError
from lrs.ports import Client, Provider, Scope, Secret, Stores

UTARA = Provider("balai-utara", "Balai Utara", "Asia/Jakarta", True, 1_795_500_000_000_000)
SELATAN = Provider("balai-selatan", "Balai Selatan", "Asia/Makassar", False, 1_795_500_000_000_001)


def _client(client_id: str = "c1", **members: object) -> Client:
    plain = Client(
        client_id, f"kunci-{client_id}", UTARA.id, "Moodle", frozenset({Scope.STATEMENTS_WRITE}), b'{"mbox":"mailto:lms@balai.test"}'
    )
    return replace(plain, **members)  # type: ignore[arg-type]  # names and types are checked by the test that reads them back


class ClientStoreContract:
    """See `lrs.ports.ClientStore`."""

    async def test_a_provider_comes_back_as_it_was_added(self, stores: Stores) -> None:
        await stores.clients.add_provider(SELATAN)
        assert await stores.clients.provider(SELATAN.id) == SELATAN
        assert await stores.clients.provider("balai-timur") is None

    async def test_providers_are_listed_by_id(self, stores: Stores) -> None:
        assert await stores.clients.providers() == []
        await stores.clients.add_provider(UTARA)
        await stores.clients.add_provider(SELATAN)
        assert await stores.clients.providers() == [SELATAN, UTARA]

    async def test_a_providers_id_is_taken_once(self, stores: Stores) -> None:
        await stores.clients.add_provider(UTARA)
        with pytest.raises(ConflictError):
            await stores.clients.add_provider(replace(UTARA, name="Lain"))
        assert await stores.clients.provider(UTARA.id) == UTARA

    async def test_a_saved_provider_is_replaced(self, stores: Stores) -> None:
        await stores.clients.add_provider(UTARA)
        await stores.clients.save_provider(replace(UTARA, name="Balai Baru", active=False))
        assert await stores.clients.provider(UTARA.id) == replace(UTARA, name="Balai Baru", active=False)

    async def test_an_unknown_provider_cannot_be_saved(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError):
            await stores.clients.save_provider(UTARA)
        assert await stores.clients.providers() == []

    async def test_a_client_comes_back_with_every_field(self, stores: Stores) -> None:
        await stores.clients.add_provider(UTARA)
        full = _client(
            scopes=frozenset({Scope.STATE, Scope.DEFINE, Scope.ALL_READ}),
            authority='{"name":"Balai é","mbox":"mailto:lms@balai.test"}'.encode(),
            secrets=(Secret("hmac-sha256", bytes(range(32))), Secret("scrypt", b"\xff" * 64, b"\x00garam", 1_795_600_000_000_000)),
            time_zone="Asia/Jayapura",
            rate_limit=600,
            expires=1_800_000_000_000_000,
            origins=("https://kursus.test", "https://lain.test:8443"),
            bound_actor='{"mbox":"mailto:sari@peserta.test"}',
            bound_registration="0192a000-0000-7000-8000-000000000001",
            subject="lms-oidc",
            active=False,
            created=1_795_500_000_000_002,
        )
        await stores.clients.add_client(full)
        assert await stores.clients.client("c1") == full
        assert await stores.clients.client_by_key("kunci-c1") == full
        assert await stores.clients.client_by_subject("lms-oidc") == full
        assert await stores.clients.clients() == [full]

    async def test_an_unknown_client_is_none(self, stores: Stores) -> None:
        assert await stores.clients.client("c1") is None
        assert await stores.clients.client_by_key("kunci-c1") is None
        assert await stores.clients.client_by_subject("lms-oidc") is None

    async def test_no_client_is_found_by_an_empty_subject(self, stores: Stores) -> None:
        await stores.clients.add_provider(UTARA)
        await stores.clients.add_client(_client())
        await stores.clients.add_client(_client("c2"))
        assert await stores.clients.client_by_subject("") is None

    async def test_keys_differ_by_case(self, stores: Stores) -> None:
        await stores.clients.add_provider(UTARA)
        await stores.clients.add_client(_client(key="Kunci"))
        await stores.clients.add_client(_client("c2", key="kunci"))
        assert await stores.clients.client_by_key("KUNCI") is None

    async def test_a_client_needs_a_known_provider(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError):
            await stores.clients.add_client(_client())
        assert await stores.clients.clients() == []

    @pytest.mark.parametrize(
        "other", [_client("c1", key="lain"), _client("c2", key="kunci-c1"), _client("c2", subject="lms-oidc")], ids=["id", "key", "subject"]
    )
    async def test_id_key_and_subject_are_unique(self, stores: Stores, other: Client) -> None:
        await stores.clients.add_provider(UTARA)
        await stores.clients.add_provider(SELATAN)
        first = _client(subject="lms-oidc")
        await stores.clients.add_client(first)
        for provider in (UTARA, SELATAN):
            with pytest.raises(ConflictError):
                await stores.clients.add_client(replace(other, provider=provider.id))
        assert await stores.clients.clients() == [first]

    async def test_clients_are_listed_by_id_all_or_of_one_provider(self, stores: Stores) -> None:
        await stores.clients.add_provider(UTARA)
        await stores.clients.add_provider(SELATAN)
        for client in (_client("c3"), _client("c1", provider=SELATAN.id), _client("c2")):
            await stores.clients.add_client(client)
        assert [client.id for client in await stores.clients.clients()] == ["c1", "c2", "c3"]
        assert [client.id for client in await stores.clients.clients(UTARA.id)] == ["c2", "c3"]
        assert await stores.clients.clients("balai-timur") == []

    async def test_a_saved_client_has_the_next_version(self, stores: Stores) -> None:
        await stores.clients.add_provider(UTARA)
        await stores.clients.add_client(_client())
        saved = await stores.clients.save_client(_client(label="Baru", key="kunci-baru", subject="s"))
        assert saved == _client(label="Baru", key="kunci-baru", subject="s", version=1)
        assert await stores.clients.client("c1") == saved
        assert await stores.clients.client_by_key("kunci-c1") is None
        assert await stores.clients.client_by_key("kunci-baru") == saved
        assert (await stores.clients.save_client(saved)).version == 2

    async def test_saving_over_a_change_of_somebody_else_is_a_conflict(self, stores: Stores) -> None:
        await stores.clients.add_provider(UTARA)
        await stores.clients.add_client(_client())
        saved = await stores.clients.save_client(_client(label="Baru"))
        with pytest.raises(ConflictError):
            await stores.clients.save_client(_client(label="Lain"))
        assert await stores.clients.client("c1") == saved

    async def test_of_changes_at_once_one_wins(self, stores: Stores) -> None:
        await stores.clients.add_provider(UTARA)
        await stores.clients.add_client(_client())
        jobs = [stores.clients.save_client(_client(label=str(number))) for number in range(6)]
        outcomes = await asyncio.gather(*jobs, return_exceptions=True)
        assert sum(isinstance(one, ConflictError) for one in outcomes) == 5
        assert await stores.clients.client("c1") in outcomes

    async def test_a_saved_client_cannot_take_anothers_key_or_subject(self, stores: Stores) -> None:
        await stores.clients.add_provider(UTARA)
        await stores.clients.add_client(_client("c1", subject="s"))
        await stores.clients.add_client(_client("c2"))
        for change in (_client("c2", key="kunci-c1"), _client("c2", subject="s")):
            with pytest.raises(ConflictError):
                await stores.clients.save_client(change)
        assert await stores.clients.client("c2") == _client("c2")

    async def test_an_unknown_client_cannot_be_saved_or_deleted(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError):
            await stores.clients.save_client(_client())
        with pytest.raises(NotFoundError):
            await stores.clients.delete_client("c1")

    async def test_a_deleted_clients_key_is_free_again(self, stores: Stores) -> None:
        await stores.clients.add_provider(UTARA)
        await stores.clients.add_client(_client())
        await stores.clients.delete_client("c1")
        assert await stores.clients.client_by_key("kunci-c1") is None
        await stores.clients.add_client(_client("c2", key="kunci-c1"))
        assert [client.id for client in await stores.clients.clients()] == ["c2"]
