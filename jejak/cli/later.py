"""Groups of commands whose modules are imported when they are called: whoever asks one thing does not wait for the whole product."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_command

from jejak.cli.outcomes import Commands

if TYPE_CHECKING:
    from typer._click.core import Command, Context


class LaterCommands(Commands):
    """`later`: for each name the module and the application in it, `jejak.cli.client:client_app`."""

    later: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: Context) -> list[str]:
        """All of them, by name."""
        return sorted({*super().list_commands(ctx), *self.later})

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Imports the one that is called."""
        if cmd_name not in self.later:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.later[cmd_name].partition(":")
        found: typer.Typer = getattr(import_module(module), name)
        command = get_command(found)
        command.name = cmd_name
        return command


def all_commands(group: TyperGroup) -> dict[str, Command]:
    """Those of a group by name; all are imported."""
    ctx = group.make_context(None, [], resilient_parsing=True)
    return {name: command for name in group.list_commands(ctx) if (command := group.get_command(ctx, name)) is not None}
