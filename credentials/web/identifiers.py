"""How a body names an xAPI identifier: one of its four kinds, or the reference of one that waits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from credentials.services.links import Links
from credentials.web.shapes import Shape, Slug
from lrs.errors import NotFoundError
from lrs.ports import account_term, mbox_sha1sum_term, mbox_term, openid_term

Iri = Annotated[str, Field(max_length=2_000, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x1f]+$")]
AccountName = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]


class IdentifierIn(Shape):
    """Exactly one of the five."""

    home_page: Iri | None = None
    name: AccountName | None = None
    mbox: Annotated[str, Field(max_length=300, pattern=r"^mailto:[^\s@<>\"]+@[^\s@<>\"]+$")] | None = None
    mbox_sha1sum: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{40}$")] | None = None
    openid: Iri | None = None
    reference: Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9]+$")] | None = None

    @model_validator(mode="after")
    def _one(self) -> IdentifierIn:
        if (self.home_page is None) != (self.name is None):
            raise ValueError("an account is `home_page` and `name`, both")
        given = [self.home_page, self.mbox, self.mbox_sha1sum, self.openid, self.reference]
        if sum(one is not None for one in given) != 1:
            raise ValueError(
                "give one identifier: `home_page` and `name`, `mbox`, `mbox_sha1sum`, `openid`, or the `reference` of one that waits"
            )
        return self

    async def ifi(self, provider: str, links: Links) -> str:
        """The index term of the agent. Raises NotFoundError for a reference that stands for nothing of the provider."""
        if self.home_page is not None and self.name is not None:
            return account_term(self.home_page, self.name)
        if self.mbox is not None:
            return mbox_term(self.mbox)
        if self.mbox_sha1sum is not None:
            return mbox_sha1sum_term(self.mbox_sha1sum)
        if self.openid is not None:
            return openid_term(self.openid)
        found = await links.waiting.referred(self.reference or "")
        if found is None or found.provider != provider:
            raise NotFoundError("no identifier of this provider waits under this reference", where="identifier.reference")
        return found.ifi


class AccountIn(IdentifierIn):
    """An identifier in one provider's statements."""

    provider: Slug
