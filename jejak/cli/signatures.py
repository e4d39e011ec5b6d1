"""`jejak statements signatures`: how far the signatures of a stored statement are trusted."""

from __future__ import annotations

from jejak.access import Access
from jejak.anchors import signature_policy
from jejak.cli.opened import with_access
from jejak.cli.printed import print_one, print_rows
from lrs.services.signature_reports import SignatureReport, SignatureReports
from lrs.services.signature_views import signed_view

_COLUMNS = ("attachment", "algorithm", "verified", "trust", "certificate", "problem")


def show_signatures(statement: str, *, as_json: bool) -> None:
    """Prints the report. Raises InvalidRequestError, NotFoundError, ConfigurationError."""

    async def ask(access: Access) -> SignatureReport:
        return await SignatureReports(access.stores, signature_policy(access.settings)).report(statement)

    view = signed_view(with_access(ask))
    if as_json:
        print_one(view, as_json=True)
    else:
        print_rows(view["signatures"], _COLUMNS, as_json=False)
