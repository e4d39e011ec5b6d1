"""Who asks: keys, rotation, switches, limits, tokens."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jwt
import orjson
import pytest

from lrs.clock import SystemClock
from lrs.errors import ForbiddenError, StoreUnavailableError, TooManyRequestsError, UnauthorizedError
from lrs.ports import Client, Scope, Stores
from lrs.services.authentication import ClientAuthenticator
from lrs.services.clients import ClientAdministration, Issued
from lrs.services.principal import common_scopes
from lrs.services.secrets import HMAC, SCRYPT, SecretHasher
from lrs.services.tokens import Issuer, JwksTokens
from lrs.stores.memory import memory_stores
from tests.support.oidc_issuer import AUDIENCE, OidcIssuer, oidc_issuer

_ADDRESS = "127.0.0.9"


class Bench:
    """Stores, administration and authenticator, with one client that may do everything."""

    def __init__(self) -> None:
        clock = SystemClock()
        self.stores: Stores = memory_stores(clock)
        self.hasher = SecretHasher(b"p" * 32)
        self.clients = ClientAdministration(self.stores, self.hasher, clock, "http://jejak.test")
        self.authenticator = ClientAuthenticator(self.stores.clients, self.hasher, clock)

    async def client(self, *, secret: str = "", **changes: Any) -> Issued:
        await self.clients.add_provider("balai", "Balai")
        issued = await self.clients.add_client("balai", "Moodle", frozenset({Scope.ALL}), secret=secret)
        saved = await self.stores.clients.save_client(replace(issued.client, **changes)) if changes else issued.client
        return Issued(saved, issued.secret)

    async def reread(self, client: Client) -> Client:
        found = await self.stores.clients.client(client.id)
        assert found is not None
        return found


@pytest.fixture
def bench() -> Bench:
    return Bench()


def _basic(key: str, secret: str) -> str:
    return "Basic " + b64encode(f"{key}:{secret}".encode()).decode()


async def test_a_key_with_its_secret_is_its_client_and_signs_with_its_authority(bench: Bench) -> None:
    issued = await bench.client()
    principal = await bench.authenticator.authenticate(_basic(issued.client.key, issued.secret), _ADDRESS)
    assert (principal.provider, principal.client, principal.scopes) == ("balai", issued.client.id, frozenset({Scope.ALL}))
    assert orjson.loads(principal.authority)["account"] == {"homePage": "http://jejak.test", "name": issued.client.id}


async def test_made_secrets_are_kept_by_keyed_hash_and_chosen_ones_by_scrypt(bench: Bench) -> None:
    made = await bench.client()
    chosen = await bench.clients.add_client("balai", "Lain", frozenset({Scope.ALL}), key="mine", secret="a chosen secret")
    assert [one.scheme for one in (*made.client.secrets, *chosen.client.secrets)] == [HMAC, SCRYPT]
    assert b"a chosen secret" not in orjson.dumps([list(one.hash + one.salt) for one in chosen.client.secrets])
    assert len(made.secret) >= 43
    assert (await bench.authenticator.authenticate(_basic("mine", "a chosen secret"), _ADDRESS)).client == chosen.client.id


@pytest.mark.parametrize(
    "header", [None, "", "Basic", "Basic ?", "Bearer abc", _basic("nobody", "x"), "Basic " + b64encode(b"\xff:x").decode()]
)
async def test_whatever_is_no_good_credential_is_refused(bench: Bench, header: str | None) -> None:
    await bench.client()
    with pytest.raises(UnauthorizedError):
        await bench.authenticator.authenticate(header, _ADDRESS)


async def test_two_secrets_are_live_while_rotating_until_the_old_one_is_retired(bench: Bench) -> None:
    first = await bench.client()
    second = await bench.clients.rotate(first.client)
    for secret in (first.secret, second.secret):
        await bench.authenticator.authenticate(_basic(first.client.key, secret), _ADDRESS)
    await bench.clients.retire(second.client)
    await asyncio.sleep(1)
    with pytest.raises(UnauthorizedError):
        await bench.authenticator.authenticate(_basic(first.client.key, first.secret), _ADDRESS)
    await bench.authenticator.authenticate(_basic(first.client.key, second.secret), _ADDRESS)


async def test_a_client_or_provider_that_is_switched_off_is_out_within_a_second(bench: Bench) -> None:
    issued = await bench.client()
    header = _basic(issued.client.key, issued.secret)
    await bench.authenticator.authenticate(header, _ADDRESS)
    await bench.stores.clients.save_client(replace(await bench.reread(issued.client), active=False))
    await asyncio.sleep(1)
    with pytest.raises(ForbiddenError):
        await bench.authenticator.authenticate(header, _ADDRESS)
    await bench.stores.clients.save_client(replace(await bench.reread(issued.client), active=True))
    provider = await bench.stores.clients.provider("balai")
    assert provider is not None
    await bench.stores.clients.save_provider(replace(provider, active=False))
    with pytest.raises(ForbiddenError):
        await bench.authenticator.authenticate(header, _ADDRESS)


async def test_scopes_that_are_taken_away_are_gone_within_a_second(bench: Bench) -> None:
    issued = await bench.client()
    header = _basic(issued.client.key, issued.secret)
    await bench.authenticator.authenticate(header, _ADDRESS)
    await bench.stores.clients.save_client(replace(await bench.reread(issued.client), scopes=frozenset({Scope.STATE})))
    await asyncio.sleep(1)
    assert (await bench.authenticator.authenticate(header, _ADDRESS)).scopes == frozenset({Scope.STATE})


async def test_an_expired_client_and_a_foreign_origin_are_forbidden(bench: Bench) -> None:
    issued = await bench.client(origins=("http://content.test",))
    header = _basic(issued.client.key, issued.secret)
    await bench.authenticator.authenticate(header, _ADDRESS, "http://content.test")
    with pytest.raises(ForbiddenError):
        await bench.authenticator.authenticate(header, _ADDRESS, "http://evil.test")
    await bench.stores.clients.save_client(replace(await bench.reread(issued.client), expires=1))
    await asyncio.sleep(1)
    with pytest.raises(ForbiddenError):
        await bench.authenticator.authenticate(header, _ADDRESS)


async def test_a_client_over_its_rate_is_told_when_to_come_back(bench: Bench) -> None:
    issued = await bench.client(rate_limit=60)
    header = _basic(issued.client.key, issued.secret)
    for _ in range(10):
        await bench.authenticator.authenticate(header, _ADDRESS)
    with pytest.raises(TooManyRequestsError) as caught:
        await bench.authenticator.authenticate(header, _ADDRESS)
    assert 1 <= caught.value.retry_after <= 2


async def test_an_address_that_fails_too_often_waits_and_others_do_not(bench: Bench) -> None:
    issued = await bench.client()
    for _ in range(25):
        with pytest.raises((UnauthorizedError, TooManyRequestsError)):
            await bench.authenticator.authenticate(_basic(issued.client.key, "wrong"), _ADDRESS)
    with pytest.raises(TooManyRequestsError):
        await bench.authenticator.authenticate(_basic(issued.client.key, issued.secret), _ADDRESS)
    await bench.authenticator.authenticate(_basic(issued.client.key, issued.secret), "127.0.0.10")


async def test_who_was_recognised_before_is_not_kept_out_by_a_neighbours_failures(bench: Bench) -> None:
    issued = await bench.client()
    header = _basic(issued.client.key, issued.secret)
    await bench.authenticator.authenticate(header, _ADDRESS)
    for _ in range(25):
        with pytest.raises((UnauthorizedError, TooManyRequestsError)):
            await bench.authenticator.authenticate(_basic("nobody", "wrong"), _ADDRESS)
    await asyncio.sleep(0.9)  # past the moment for which a yes holds without a look
    assert (await bench.authenticator.authenticate(header, _ADDRESS)).client == issued.client.id


async def test_too_many_guesses_at_once_are_503_and_not_a_queue_of_minutes(bench: Bench) -> None:
    await bench.client()
    guesses = [bench.hasher.matches("x", (), 0) for _ in range(60)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert any(isinstance(answer, StoreUnavailableError) for answer in answers)


@pytest.fixture
def issuer() -> Iterator[OidcIssuer]:
    with oidc_issuer() as running:
        yield running


async def _with_tokens(bench: Bench, issuer: OidcIssuer, scopes: frozenset[Scope] = frozenset({Scope.ALL})) -> ClientAuthenticator:
    await bench.client(subject="moodle", scopes=scopes)
    tokens = JwksTokens(Issuer(issuer.url, AUDIENCE, issuer.url + "/jwks"))
    return ClientAuthenticator(bench.stores.clients, bench.hasher, SystemClock(), tokens)


async def test_a_token_acts_as_the_client_that_it_was_given_to_with_the_scopes_of_both(bench: Bench, issuer: OidcIssuer) -> None:
    authenticator = await _with_tokens(bench, issuer, frozenset({Scope.STATE, Scope.PROFILE}))
    principal = await authenticator.authenticate("Bearer " + issuer.token(scope="state statements/write other"), _ADDRESS)
    assert principal.scopes == frozenset({Scope.STATE})
    assert "member" not in orjson.loads(principal.authority)


@pytest.mark.parametrize(
    ("granted", "held", "both"),
    [
        ({Scope.ALL}, {Scope.STATEMENTS_WRITE}, {Scope.STATEMENTS_WRITE}),
        ({Scope.STATEMENTS_WRITE, Scope.STATE}, {Scope.ALL}, {Scope.STATEMENTS_WRITE, Scope.STATE}),
        ({Scope.ALL_READ}, {Scope.STATEMENTS_READ, Scope.STATE}, {Scope.STATEMENTS_READ, Scope.STATEMENTS_READ_MINE}),
        ({Scope.STATEMENTS_READ}, {Scope.STATEMENTS_READ_MINE}, {Scope.STATEMENTS_READ_MINE}),
        ({Scope.STATE}, {Scope.PROFILE}, set()),
        (set(), {Scope.ALL}, set()),
        ({Scope.ALL}, {Scope.ALL}, set(Scope)),
    ],
)
def test_a_token_and_its_client_have_in_common_what_both_allow(granted: set[Scope], held: set[Scope], both: set[Scope]) -> None:
    assert common_scopes(frozenset(granted), frozenset(held)) == both
    assert common_scopes(frozenset(held), frozenset(granted)) == both


async def test_a_token_with_a_user_signs_as_a_group_of_client_and_user(bench: Bench, issuer: OidcIssuer) -> None:
    authenticator = await _with_tokens(bench, issuer)
    principal = await authenticator.authenticate("Bearer " + issuer.token(sub="person-7"), _ADDRESS)
    authority = orjson.loads(principal.authority)
    assert authority["objectType"] == "Group"
    assert authority["member"][1]["account"] == {"homePage": issuer.url, "name": "person-7"}


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"},
        {"iss": "http://other.test"},
        {"exp": 1},
        {"exp": None},
        {"nbf": 2**33},
        {"azp": "stranger"},
        {"azp": None},
        {"sub": "\ud800"},
    ],
)
async def test_a_token_with_a_wrong_claim_is_refused(bench: Bench, issuer: OidcIssuer, claims: dict[str, Any]) -> None:
    authenticator = await _with_tokens(bench, issuer)
    with pytest.raises(UnauthorizedError):
        await authenticator.authenticate("Bearer " + issuer.token(**claims), _ADDRESS)


async def test_forged_tokens_are_refused(bench: Bench, issuer: OidcIssuer) -> None:
    authenticator = await _with_tokens(bench, issuer)
    other = OidcIssuer()
    public = jwt.PyJWKSet.from_json(issuer.jwks().decode()).keys[0].key.public_numbers()
    secret = str(public.x).encode().ljust(64, b"0")
    unsigned = jwt.encode({"iss": issuer.url, "aud": AUDIENCE, "azp": "moodle", "exp": 2**33}, "", algorithm="none", headers={"kid": "one"})
    forged = [
        issuer.token(key=other.keys["one"]),
        issuer.token(key=secret, algorithm="HS256"),
        unsigned,
        issuer.token() + "x",
        "a.b.c",
        "x" * 10_000,
    ]
    for token in forged:
        with pytest.raises(UnauthorizedError):
            await authenticator.authenticate("Bearer " + token, _ADDRESS)


async def test_a_new_key_of_the_issuer_is_fetched_and_unknown_ones_do_not_hammer_it(bench: Bench, issuer: OidcIssuer) -> None:
    authenticator = await _with_tokens(bench, issuer)
    await authenticator.authenticate("Bearer " + issuer.token(), _ADDRESS)
    for number in range(5):
        with pytest.raises(UnauthorizedError):
            await authenticator.authenticate("Bearer " + issuer.token(kid=f"unknown-{number}"), _ADDRESS)
    assert issuer.fetched == 1


async def test_an_issuer_that_cannot_be_reached_is_503(bench: Bench, issuer: OidcIssuer) -> None:
    await bench.client(subject="moodle")
    tokens = JwksTokens(Issuer(issuer.url, AUDIENCE, "http://127.0.0.1:1/jwks"))
    authenticator = ClientAuthenticator(bench.stores.clients, bench.hasher, SystemClock(), tokens)
    with pytest.raises(StoreUnavailableError):
        await authenticator.authenticate("Bearer " + issuer.token(), _ADDRESS)


async def test_a_crowd_that_comes_at_once_with_one_header_is_let_in_by_one_look(bench: Bench) -> None:
    issued = await bench.client(secret="a secret that a person chose")
    header = _basic(issued.client.key, "a secret that a person chose")
    principals = await asyncio.gather(*(bench.authenticator.authenticate(header, _ADDRESS) for _ in range(100)))
    assert {one.client for one in principals} == {issued.client.id}


async def test_a_crowd_with_one_wrong_header_is_refused_each_and_counted_each(bench: Bench) -> None:
    issued = await bench.client(secret="a secret that a person chose")
    header = _basic(issued.client.key, "another")
    refused = await asyncio.gather(*(bench.authenticator.authenticate(header, _ADDRESS) for _ in range(30)), return_exceptions=True)
    assert {type(one) for one in refused} == {UnauthorizedError}
    with pytest.raises(TooManyRequestsError):
        await bench.authenticator.authenticate(header, _ADDRESS)


async def test_who_hangs_up_while_a_crowd_waits_does_not_send_the_others_away(bench: Bench) -> None:
    issued = await bench.client(secret="a secret that a person chose")
    header = _basic(issued.client.key, "a secret that a person chose")
    first, second = (asyncio.create_task(bench.authenticator.authenticate(header, _ADDRESS)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).client == issued.client.id
    with pytest.raises(asyncio.CancelledError):
        await first
