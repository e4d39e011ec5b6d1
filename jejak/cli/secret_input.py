"""A secret that a person chose: typed unseen on a terminal, or one line on standard input. Never an argument: others see those."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from lrs.errors import InvalidRequestError

OwnSecret = Annotated[
    bool, typer.Option("--own-secret", help="Ask for the secret (unseen), or read it from standard input; without this one is made.")
]
_SHORTEST, _LONGEST = 12, 1_000  # characters


def own_secret(asked: bool) -> str:
    """The secret, "" when none was asked for. Raises InvalidRequestError."""
    if not asked:
        return ""
    if sys.stdin.isatty():
        secret: str = typer.prompt("secret", hide_input=True, confirmation_prompt=True)
    else:
        secret = sys.stdin.readline().rstrip("\r\n")
    if not _SHORTEST <= len(secret) <= _LONGEST or not secret.isprintable():
        raise InvalidRequestError(f"a secret is {_SHORTEST} to {_LONGEST} visible characters", where="secret")
    return secret


def confirmed(yes: bool, question: str) -> None:
    """Asks before something that cannot be taken back. Raises InvalidRequestError where nobody can be asked and `--yes` was not said."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidRequestError("this cannot be taken back and nobody can be asked here; say --yes")
    typer.confirm(question, abort=True, err=True)
