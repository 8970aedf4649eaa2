"""The command line. Each sub-command is a module of its own, imported when it is asked for."""

import importlib
from typing import Any

import click

from louver import __version__
from louver.errors import LouverError, MisconfiguredError, RefusedError

_COMMANDS = {
    "db": "db.db",
    "demo": "demo.demo",
    "import": "imports.import_",
    "key": "keys.key",
    "policy": "policy.policy",
    "schema": "schema.schema",
    "serve": "serve.serve",
    "support": "support.support",
}
"""Where in `louver.cli` each command is, as `<module>.<name>`."""
_EXIT_REFUSED = 2
_EXIT_FAILED = 1


class CommandLine(click.Group):
    """Imports sub-commands lazily, and says our errors in one line instead of a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # the base's name
        """Name the sub-commands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # the base's name
        """Import one."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(".")
        command: click.Command = getattr(importlib.import_module(f"louver.cli.{module}"), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run, and end with the exit status that the error stands for."""
        try:
            return super().invoke(ctx)
        except LouverError as error:
            _tell(error)
            ctx.exit(_find_exit_status(error))


def _tell(error: LouverError) -> None:
    click.echo(f"error: {error.code}: {error.message}", err=True)
    if error.hint:
        click.echo(f"  hint: {error.hint}", err=True)


def _find_exit_status(error: LouverError) -> int:
    if isinstance(error, MisconfiguredError):
        return error.exit_status
    return _EXIT_REFUSED if isinstance(error, RefusedError) else _EXIT_FAILED


@click.group(cls=CommandLine)
@click.version_option(__version__)
def main() -> None:
    """Louver: a GraphQL gateway that answers, masks or withholds every field by role."""
