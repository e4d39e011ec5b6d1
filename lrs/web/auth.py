"""Who may use the parts that run on FastAPI: administrators by HTTP Basic; an auditor may only read."""

from __future__ import annotations

from fastapi import Request

from lrs.ports import Administrator
from lrs.services.administrators import Administrators


class AdministratorGuards:
    """For `Depends`: `reader` lets every administrator in, `writer` overseers only.

    Both raise UnauthorizedError, ForbiddenError, TooManyRequestsError.
    """

    def __init__(self, administrators: Administrators) -> None:
        self._administrators = administrators

    async def reader(self, request: Request) -> Administrator:
        return await self._recognise(request, writes=False)

    async def writer(self, request: Request) -> Administrator:
        return await self._recognise(request, writes=True)

    async def _recognise(self, request: Request, *, writes: bool) -> Administrator:
        address = request.client.host if request.client else ""
        return await self._administrators.authenticate(request.headers.get("authorization"), address, writes=writes)
