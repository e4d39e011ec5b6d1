"""`jejak verify`: the verifier's `check` as a command of the product."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jejak.cli.outcomes import single
from jejak.settings import load_settings
from lrs.errors import ConfigurationError
from verifier.command import MISUSED, UNCHECKED, Asked, check_files, found_entries, standalone_sources
from verifier.errors import RefusedError, TrustError
from verifier.language import language

EXAMPLES = "\b\n" + "\n".join(
    (
        "Examples:",
        "  jejak verify sertifikat.pdf",
        "  jejak verify masuk/ --csv hasil.csv --trust-list https://verifikasi.example.go.id/trust/list.json",
        "  jejak verify badge.png --json --lang en --trust-list list.json --root root.json",
        "",
        "\b",
        "Exit codes:",
        "  0  every file is valid",
        "  1  at least one is altered, revoked, suspended, expired or of an unknown issuer",
        "  2  called wrongly: a file that is not there, a ZIP that is none, more than 500 files",
        "  3  at least one could not be checked, or the trust list cannot be used",
    )
)


def verify_command(
    files: Annotated[list[Path], typer.Argument(help="Files, folders, ZIP files: PDF, PNG, SVG, JSON, JWT, pictures of a QR.")],
    trust_list: Annotated[
        str,
        typer.Option("--trust-list", help="The overseer's signed trust list: a file, or an https address; without it JEJAK_TRUST_LIST."),
    ] = "",
    root: Annotated[Path | None, typer.Option("--root", help="The root to trust; without it, the first one that the list holds.")] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            help="https://HOST/PATH/=file:///FOLDER/ or =http://127.0.0.1:PORT/: where to look instead. A server that is tried out on "
            "this machine: http://127.0.0.1:PORT/=http://127.0.0.1:PORT/.",
        ),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Fetch nothing.")] = False,
    lang: Annotated[str, typer.Option("--lang", help="id or en.")] = "id",
    as_json: Annotated[bool, typer.Option("--json", help="The reports as JSON.")] = False,
    csv: Annotated[str, typer.Option("--csv", help="Write a table there; - for standard output.")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", help="Verdicts only.")] = False,
    at_once: Annotated[int, typer.Option("--at-once", min=0, help="Files at once; 0: as many as there are cores.")] = 0,
) -> None:
    """Checks certificates: files, folders, ZIP files of up to 500."""
    told = language("en" if lang == "en" else "id")
    settings = load_settings()
    if not (trust_list or settings.trust_list):
        raise ConfigurationError(
            "say whom to trust: --trust-list FILE, or JEJAK_TRUST_LIST; the overseer publishes the list (docs/trust.md)"
        )
    try:
        sources = standalone_sources(trust_list or settings.trust_list, root or settings.trust_root, maps or (), online=not offline)
        raise typer.Exit(check_files(found_entries(files), sources, told, Asked(as_json, csv, quiet, at_once)))
    except (TrustError, RefusedError) as error:
        typer.echo(f"jejak: {told.say(error.reason)}", err=True)
        raise typer.Exit(UNCHECKED if isinstance(error, TrustError) else MISUSED) from error


verify_app = single(verify_command, EXAMPLES)
