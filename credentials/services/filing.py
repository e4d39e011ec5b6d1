"""The PDF of a certificate: made when somebody asks, outside the event loop, and kept for a while."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from credentials.certificate.issued import Certificate
from credentials.files.facts import facts_of
from credentials.files.seal_service import BY_SERVICE, SealService
from credentials.files.sealing import NOT_CERTIFIED, Seal, sealed
from credentials.files.time_stamps import HttpTimeStamps
from credentials.files.typesetting import BUNDLED, Logo, Sheet, Template, Typesetting
from credentials.keys import IssuerKeys
from credentials.ports.records import Put, Records, Remove
from credentials.services.log import IssuanceLog
from credentials.stores.certificates import CERTIFICATES
from credentials.stores.decisions import DecisionLog
from credentials.stores.templates import TEMPLATES, KeptTemplate
from lrs.errors import NotFoundError

_KEPT = 200  # finished PDFs of some 60 KB
_PAGE = 200


@dataclass(slots=True)
class Filing:
    """`url`: the server's public address. `time_stamps`: an RFC 3161 service, or None. `service`: what seals in place of our own keys."""

    records: Records
    keys: IssuerKeys
    log: IssuanceLog
    decisions: DecisionLog
    url: str
    time_stamps: HttpTimeStamps | None = None
    service: SealService | None = None
    typesetting: Typesetting = field(default_factory=Typesetting)
    _made: OrderedDict[str, bytes] = field(default_factory=OrderedDict)

    async def pdf(self, certificate: Certificate) -> bytes:
        """PDF/A-3b with the credential attached and the issuer's PAdES signature. Raises CredentialError."""
        found = self._made.get(certificate.id)
        if found is None:
            found = await self._pdf(certificate)
            self._made[certificate.id] = found
            if len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return found

    async def signers(self, provider: str) -> list[str]:
        """SHA-256 (hexadecimal) of the certificates that its PDFs are or were sealed with: for the trust list."""
        account = self.service.accounts.get(provider) if self.service is not None else None
        return [*await self.keys.pdf_signers(provider), *(account.fingerprints if account is not None else [])]

    def link(self, certificate: Certificate) -> str:
        """What its QR says."""
        return f"{self.url}/v/{certificate.id}#{certificate.qr}"

    def facts(self, certificate: Certificate) -> dict[str, str]:
        """What its page says."""
        return facts_of(json.loads(certificate.document), certificate.id, self.url)

    async def of_batch(self, batch: str) -> AsyncIterator[Certificate]:
        """Every certificate of a batch, in the order of their ids."""
        after: str | None = None
        while True:
            page = await self.records.scan(CERTIFICATES, "batch", (batch,), after=after, limit=_PAGE)
            for certificate in page.values:
                yield certificate
            if page.more is None:
                return
            after = page.more

    async def template(self, provider: str) -> Template:
        """The provider's own, or the bundled one."""
        kept = await self.records.get(TEMPLATES, provider)
        return Template() if kept is None else _template(kept.value)

    async def preview(self, template: KeptTemplate) -> bytes:
        """The page of an invented certificate. Raises TemplateError."""
        return await self.typesetting.preview(_template(template))

    async def save_template(self, template: KeptTemplate, by: str) -> None:
        """For every page that is set from now on. Raises TemplateError, and nothing is changed."""
        await self.preview(template)
        await self.decisions.append(
            Put(TEMPLATES, template), actor=by, kind="template.saved", subject=f"provider:{template.provider}", content={}
        )
        self._made.clear()

    async def drop_template(self, provider: str, by: str) -> None:
        """Back to the bundled one. Raises NotFoundError."""
        if await self.records.get(TEMPLATES, provider) is None:
            raise NotFoundError("this provider has no template of its own", where="path")
        await self.decisions.append(Remove(TEMPLATES, (provider,)), actor=by, kind="template.dropped", subject=f"provider:{provider}")
        self._made.clear()

    async def _pdf(self, certificate: Certificate) -> bytes:
        service = self.service
        if service is not None and certificate.provider in service.accounts:
            page = await self._page(certificate, BY_SERVICE.format(name=service.accounts[certificate.provider].name))
            return await service.sealed(page, certificate.provider)
        seal = await self._seal(certificate)
        return await sealed(await self._page(certificate, NOT_CERTIFIED.format(level=seal.level)), seal)

    async def _page(self, certificate: Certificate, seal: str) -> bytes:
        facts = self.facts(certificate) | {"seal": seal}
        sheet = Sheet(facts, self.link(certificate), certificate.document, certificate.token, await self._proof(certificate))
        return await self.typesetting.page(await self.template(certificate.provider), sheet)

    async def _proof(self, certificate: Certificate) -> str:
        try:
            return await self.log.proof(certificate.id)
        except NotFoundError:
            return ""  # its leaf is not in a checkpoint yet

    async def _seal(self, certificate: Certificate) -> Seal:
        name = self.facts(certificate)["organiser"]
        made, signer = await self.keys.pdf_signer(certificate.provider, name)
        return Seal(signer, made, name, self.time_stamps)


def _template(kept: KeptTemplate) -> Template:
    return Template(
        kept.source or BUNDLED,
        Logo(kept.provider_logo, kept.provider_logo_ending) if kept.provider_logo else None,
        Logo(kept.agency_logo, kept.agency_logo_ending) if kept.agency_logo else None,
    )
