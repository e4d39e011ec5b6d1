"""Exporting the catalogue: CSV tables, or JSON with every kind of entries, one a line. What is exported can be imported without loss."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from credentials.catalogue.documents import Document, document
from credentials.catalogue.tables import TABLES, Kind, cells_of, header_of
from credentials.stores.catalogue import CatalogueRecords
from credentials.stores.competences import CompetenceRecords
from credentials.stores.providers import ProviderRecords
from credentials.tabular.writing import BOM, csv_lines
from lrs.errors import InvalidRequestError

_PAGE = 500


@dataclass(frozen=True, slots=True)
class CatalogueExport:
    """`provider`: what belongs to one provider; "" for everything."""

    catalogue: CatalogueRecords
    competences: CompetenceRecords
    providers: ProviderRecords

    async def json(self, provider: str = "") -> AsyncIterator[bytes]:
        """An array, one entry a line, in the order in which it can be imported."""
        before = b"["
        for kind in ("field", "competence", "provider", "programme", "batch"):
            async for told in self._documents(kind, provider):
                entry = {"entry": kind} | told
                yield before + b"\n" + json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()
                before = b","
        yield (b"[" if before == b"[" else b"") + b"\n]\n"

    async def csv(self, table: str, provider: str = "", delimiter: str = ",") -> AsyncIterator[bytes]:
        """One table, with the mark that spreadsheets tell UTF-8 by. Raises InvalidRequestError for a table that is none."""
        kind: Kind | None = next((one for one in TABLES if one == table), None)
        if kind is None:
            raise InvalidRequestError("the tables are: " + ", ".join(TABLES), where="table")
        yield (BOM + "".join(csv_lines([header_of(kind)], delimiter))).encode()
        async for told in self._documents(kind, provider):
            yield "".join(csv_lines([cells_of(kind, told)], delimiter)).encode()

    async def _documents(self, kind: str, provider: str) -> AsyncIterator[Document]:
        match kind:
            case "field":
                for field in (await self.competences.fields()).values():
                    yield document(field)
            case "competence":
                for competence in (await self.competences.competences()).values():
                    yield document(competence)
            case "programme":
                async for programme in self._programmes(provider):
                    yield programme
            case "batch" | "binding":
                async for batch in self._batches(provider):
                    for told in [batch] if kind == "batch" else batch["bindings"]:
                        yield told if kind == "batch" else {"batch": batch["id"]} | told
            case _:
                async for told in self._providers(kind, provider):
                    yield told

    async def _programmes(self, provider: str) -> AsyncIterator[Document]:
        after: str | None = None
        while True:
            page = await self.catalogue.programmes(provider=provider, after=after, limit=_PAGE)
            for one in page.values:
                yield document(one)
            if (after := page.more) is None:
                return

    async def _batches(self, provider: str) -> AsyncIterator[Document]:
        after: str | None = None
        while True:
            page = await self.catalogue.batches(provider=provider, after=after, limit=_PAGE)
            for one in page.values:
                yield document(one)
            if (after := page.more) is None:
                return

    async def _providers(self, kind: str, provider: str) -> AsyncIterator[Document]:
        for one in await self.providers.all():
            if provider in ("", one.provider):
                told = document(one)
                if kind == "provider":
                    yield told
                    continue
                for window in told["accreditations"]:
                    yield {"provider": one.provider} | window
