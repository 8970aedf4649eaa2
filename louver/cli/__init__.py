"""The command line. Each sub-command is a module of its own, imported when it is asked for."""

import importlib
from typing import Any

import click

from louver import __version__
from louver.cli.failing import failing_in_two_lines

_COMMANDS = {
    "audit": "audit.audit",
    "db": "db.db",
    "demo": "demo.demo",
    "import": "imports.import_",
    "key": "keys.key",
    "operation": "operations.operation",
    "person": "people.person",
    "policy": "policy.policy",
    "provider": "providers.provider",
    "schema": "schema.schema",
    "serve": "serve.serve",
    "support": "support.support",
}
"""Where in `louver.cli` each command is, as `<module>.<name>`."""


class CommandLine(click.Group):
    """Imports sub-commands lazily, and says errors in two lines instead of a traceback."""

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

    @failing_in_two_lines()
    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """Read the command line."""
        return super().make_context(*arguments, **options)

    @failing_in_two_lines()
    def invoke(self, ctx: click.Context) -> Any:
        """Run, and end with the exit status that the error stands for."""
        return super().invoke(ctx)


@click.group(cls=CommandLine)
@click.version_option(__version__)
def main() -> None:
    """Louver: a GraphQL gateway that answers, masks or withholds every field by role."""
