"""All routes of a verifier."""

from __future__ import annotations

from fastapi import APIRouter

from verifier.web.api import Api
from verifier.web.files import files_router
from verifier.web.pages import Pages
from verifier.web.site import Site


def verifier_routers(site: Site) -> list[APIRouter]:
    """Files first: their names stand where a certificate's id may stand."""
    return [files_router(), Api(site).router(), Pages(site).router()]
