"""Providers and clients on SQLite: few rows, kept as JSON beside the columns that must be unique."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import apsw
import msgspec

from lrs.errors import ConflictError, NotFoundError
from lrs.ports import Client, Provider
from lrs.stores.sqlite.connection import Database

_INSERT_CLIENT = "INSERT INTO client(id, key, provider, subject, version, content) VALUES(?, ?, ?, ?, ?, ?)"
_UPDATE_CLIENT = "UPDATE client SET key = ?2, provider = ?3, subject = ?4, version = ?5, content = ?6 WHERE id = ?1 AND version = ?7"


class SqliteClients:
    """See `lrs.ports.ClientStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_provider(self, provider: Provider) -> None:
        def job(connection: apsw.Connection) -> None:
            try:
                connection.execute("INSERT INTO provider(id, content) VALUES(?, ?)", (provider.id, msgspec.json.encode(provider)))
            except apsw.ConstraintError as error:
                raise ConflictError(f"there is a provider {provider.id} already", where="id") from error

        await self._database.write(job)

    async def provider(self, provider_id: str) -> Provider | None:
        found = await self._database.read(
            lambda connection: connection.execute("SELECT content FROM provider WHERE id = ?", (provider_id,)).get
        )
        return None if found is None else msgspec.json.decode(found, type=Provider)

    async def providers(self) -> list[Provider]:
        rows: list[tuple[Any, ...]] = await self._database.read(
            lambda connection: connection.execute("SELECT content FROM provider ORDER BY id").fetchall()
        )
        return [msgspec.json.decode(content, type=Provider) for (content,) in rows]

    async def save_provider(self, provider: Provider) -> None:
        def job(connection: apsw.Connection) -> None:
            connection.execute("UPDATE provider SET content = ? WHERE id = ?", (msgspec.json.encode(provider), provider.id))
            if not connection.changes():
                raise NotFoundError(f"there is no provider {provider.id}")

        await self._database.write(job)

    async def add_client(self, client: Client) -> None:
        await self._database.write(lambda connection: _add_client(connection, client))

    async def client(self, client_id: str) -> Client | None:
        return await self._find("id", client_id)

    async def client_by_key(self, key: str) -> Client | None:
        return await self._find("key", key)

    async def client_by_subject(self, subject: str) -> Client | None:
        return await self._find("subject", subject) if subject else None

    async def clients(self, provider_id: str | None = None) -> list[Client]:
        sql = "SELECT content FROM client WHERE ?1 IS NULL OR provider = ?1 ORDER BY id"
        rows: list[tuple[Any, ...]] = await self._database.read(lambda connection: connection.execute(sql, (provider_id,)).fetchall())
        return [msgspec.json.decode(content, type=Client) for (content,) in rows]

    async def save_client(self, client: Client) -> Client:
        return await self._database.write(lambda connection: _save_client(connection, client))

    async def delete_client(self, client_id: str) -> None:
        def job(connection: apsw.Connection) -> None:
            connection.execute("DELETE FROM client WHERE id = ?", (client_id,))
            if not connection.changes():
                raise NotFoundError(f"there is no client {client_id}")

        await self._database.write(job)

    async def _find(self, column: str, value: str) -> Client | None:
        sql = f"SELECT content FROM client WHERE {column} = ?"
        found = await self._database.read(lambda connection: connection.execute(sql, (value,)).get)
        return None if found is None else msgspec.json.decode(found, type=Client)


def _row(client: Client) -> tuple[str, str, str, str | None, int, bytes]:
    return client.id, client.key, client.provider, client.subject or None, client.version, msgspec.json.encode(client)


def _add_client(connection: apsw.Connection, client: Client) -> None:
    if connection.execute("SELECT 1 FROM provider WHERE id = ?", (client.provider,)).get is None:
        raise NotFoundError(f"there is no provider {client.provider}", where="provider")
    try:
        connection.execute(_INSERT_CLIENT, _row(client))
    except apsw.ConstraintError as error:
        raise ConflictError("another client has this id, key or subject") from error


def _save_client(connection: apsw.Connection, client: Client) -> Client:
    if connection.execute("SELECT 1 FROM client WHERE id = ?", (client.id,)).get is None:
        raise NotFoundError(f"there is no client {client.id}")
    saved = replace(client, version=client.version + 1)
    try:
        connection.execute(_UPDATE_CLIENT, (*_row(saved), client.version))
    except apsw.ConstraintError as error:
        raise ConflictError("another client has this key or subject, or its provider is unknown") from error
    if not connection.changes():
        raise ConflictError("the client was changed meanwhile; read it again")
    return saved
