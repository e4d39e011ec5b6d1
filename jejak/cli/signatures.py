"""`jejak statements signatures`: how far the signatures of a stored statement are trusted."""

from __future__ import annotations

from jejak.cli.opened import with_product
from jejak.cli.printed import print_one, print_rows
from jejak.composition import Product, signature_policy
from lrs.services.signature_reports import SignatureReport, SignatureReports
from lrs.web.signatures import signed_view

_COLUMNS = ("attachment", "algorithm", "verified", "trust", "certificate", "problem")


def show_signatures(statement: str, *, as_json: bool) -> None:
    """Prints the report. Raises InvalidRequestError, NotFoundError, ConfigurationError."""

    async def ask(product: Product) -> SignatureReport:
        return await SignatureReports(product.stores, signature_policy(product.settings)).report(statement)

    view = signed_view(with_product(ask))
    if as_json:
        print_one(view, as_json=True)
    else:
        print_rows(view["signatures"], _COLUMNS, as_json=False)
