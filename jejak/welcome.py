"""The page at `/`: where what is. For whoever opens the server's address in a browser to see whether it runs."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from jejak.pages.rendering import page


def welcome_router(url: str) -> APIRouter:
    """`url`: the public address, as learning systems have to be told it."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def welcome(request: Request) -> Response:
        return page(request, "welcome.html", url=url)

    return router
