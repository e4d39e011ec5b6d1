"""`python -m verifier`: a verifier by itself. See `verifier.command`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from verifier.command import MISUSED, UNCHECKED, Asked, check_files, found_entries, standalone_sources, trusting
from verifier.errors import RefusedError, TrustError
from verifier.jobs import Jobs
from verifier.language import language
from verifier.sandbox.pool import Pool, default_size
from verifier.sources.live import LiveSources
from verifier.trust_file import TrustFile
from verifier.web.routes import verifier_routers
from verifier.web.site import NoCertificates, Site

TrustOption = Annotated[str, typer.Option("--trust-list", help="The overseer's signed trust list: a file, or an https address.")]
RootOption = Annotated[Path | None, typer.Option("--root", help="The root to trust; without it, the first one that the list holds.")]
MapOption = Annotated[
    list[str] | None, typer.Option("--map", help="https://HOST/PATH/=file:///FOLDER/ or =http://127.0.0.1:PORT/: where to look instead.")
]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Fetch nothing.")]
LanguageOption = Annotated[str, typer.Option("--lang", help="id or en.")]

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, rich_markup_mode=None)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Files, folders, ZIP files: PDF, PNG, SVG, JSON, JWT, pictures of a QR.")],
    trust_list: TrustOption,
    root: RootOption = None,
    maps: MapOption = None,
    offline: OfflineOption = False,
    lang: LanguageOption = "id",
    as_json: Annotated[bool, typer.Option("--json", help="The reports as JSON.")] = False,
    csv: Annotated[str, typer.Option("--csv", help="Write a table there; - for standard output.")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", help="Verdicts only.")] = False,
    at_once: Annotated[int, typer.Option("--at-once", min=0, help="Files at once; 0: as many as there are cores.")] = 0,
) -> None:
    """Checks files. Exit codes: 0 all valid, 1 some not, 2 called wrongly, 3 some could not be checked."""
    told = language("en" if lang == "en" else "id")
    try:
        sources = standalone_sources(trust_list, root, maps or (), online=not offline)
        raise typer.Exit(check_files(found_entries(files), sources, told, Asked(as_json, csv, quiet, at_once)))
    except (TrustError, RefusedError) as error:
        typer.echo(f"verifier: {told.say(error.reason)}", err=True)
        raise typer.Exit(UNCHECKED if isinstance(error, TrustError) else MISUSED) from error


@app.command()
def serve(
    trust_list: TrustOption,
    root: RootOption = None,
    maps: MapOption = None,
    offline: OfflineOption = False,
    host: str = "127.0.0.1",
    port: int = 8010,
    url: Annotated[str, typer.Option(help="How others reach it; http://HOST:PORT without it.")] = "",
) -> None:
    """Serves the page and POST /verify."""
    try:
        sources, trust = trusting(trust_list, root, maps or (), online=not offline)
    except TrustError as error:
        typer.echo(f"verifier: {error}", err=True)
        raise typer.Exit(UNCHECKED) from error
    application = standalone_app(sources, trust, url or f"http://{host}:{port}")
    uvicorn.run(application, host=host, port=port, access_log=False, server_header=False)


def standalone_app(sources: LiveSources, trust: TrustFile, url: str) -> FastAPI:
    """The pages without certificates of their own."""
    size = default_size()
    pool = Pool(sources, size)
    jobs = Jobs(pool, size.at_once)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with pool.running(), jobs.running():
            yield

    application = FastAPI(title="Jejak verifier", lifespan=lifespan, docs_url=None, redoc_url=None)
    for router in verifier_routers(Site(url, pool, sources, NoCertificates()), jobs, trust):
        application.include_router(router)
    return application


if __name__ == "__main__":
    app()
