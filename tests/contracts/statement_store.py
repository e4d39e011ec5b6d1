"""All that a statement store promises, in four parts."""

from __future__ import annotations

from tests.contracts.putting import PuttingContract
from tests.contracts.querying import QueryingContract
from tests.contracts.references import ReferencesContract
from tests.contracts.voiding import VoidingContract


class StatementStoreContract(PuttingContract, QueryingContract, ReferencesContract, VoidingContract):
    """See `lrs.ports.StatementStore`."""
