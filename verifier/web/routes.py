"""All routes of a verifier."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter

from verifier.jobs import Jobs
from verifier.web.api import Api
from verifier.web.batches import Batches
from verifier.web.files import files_router
from verifier.web.offline import Offline, TrustFiles
from verifier.web.pages import Pages
from verifier.web.site import Site


def verifier_routers(site: Site, jobs: Jobs | None = None, trust: TrustFiles | None = None) -> list[APIRouter]:
    """Files first: their names stand where a certificate's id may stand."""
    routers = [files_router(), Api(site).router()]
    if jobs is not None:
        routers.append(Batches(site, jobs).router())
    if trust is not None:
        site = replace(site, offline=True)
        routers.append(Offline(site, trust).router())
    return [*routers, Pages(site, batches=jobs is not None).router()]
