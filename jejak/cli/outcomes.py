"""How a command ends: the exit codes of every command, and the one line that tells why. docs/operations.md has the same table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING

import typer
from typer.core import TyperGroup

from lrs.errors import ConfigurationError, ConflictError, LrsError, NotFoundError, OperatorError

if TYPE_CHECKING:
    from typer._click.core import Context
    from typer._click.formatting import HelpFormatter

CODES = """Exit codes:
  0  done
  1  failed: what was looked at is wrong, is not there, is taken or in the way, or was refused
  2  called wrongly: an argument, a setting, or a key and secret that are not accepted
  3  the store or the LRS cannot be reached or used now"""
_LONGEST = 300  # characters of what a list of commands says of one
EPILOG = "\n\n\b\n" + CODES


class Exit(IntEnum):
    """See CODES."""

    DONE = 0
    FAILED = 1
    MISUSED = 2
    UNREACHABLE = 3


def exit_code(error: LrsError) -> Exit:
    """How a command ends that raised `error`."""
    if isinstance(error, NotFoundError | ConflictError):
        return Exit.FAILED
    if isinstance(error, OperatorError) and not isinstance(error, ConfigurationError):
        return Exit.UNREACHABLE
    return Exit.MISUSED


@contextmanager
def told() -> Iterator[None]:
    """Errors end the command with one line on standard error and their exit code."""
    try:
        yield
    except LrsError as error:
        where = getattr(error, "where", "")
        typer.echo("jejak: " + (f"{where}: " if where else "") + error.message, err=True)
        raise typer.Exit(exit_code(error)) from error


class Commands(TyperGroup):
    """A group of commands whose errors are told."""

    def invoke(self, ctx: Context) -> object:
        with told():
            return super().invoke(ctx)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Each with its whole first sentence: click would cut it to one line."""
        found = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(_LONGEST)) for name, one in found.items() if one is not None])


def commands(help: str, group: type[Commands] = Commands) -> typer.Typer:
    """A group: without a command it shows its help."""
    return typer.Typer(cls=group, no_args_is_help=True, add_completion=False, help=help, rich_markup_mode=None)


def examples(*lines: str) -> str:
    """The end of a command's `--help`."""
    return "\b\nExamples:\n" + "\n".join("  " + line for line in lines) + EPILOG


def single(command: Callable[..., None], epilog: str) -> typer.Typer:
    """A command that is no group."""
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(epilog=epilog)(command)
    return alone
