"""The command line. Each sub-command is a module of its own, imported when it is asked for."""

import importlib
from typing import Any

import click

from louver import __version__
from louver.cli.failing import failing_in_two_lines

_COMMANDS = {
    "audit": ("audit.audit", "Ask the log of accesses, check it, keep it, and hold what has to stay."),
    "db": ("db.db", "Keep the stores of records and of accesses at this version's schema."),
    "demo": ("demo.demo", "Put in three invented agencies, once, and show a key for every role."),
    "import": ("imports.import_", "Put records from CSV FILES into the database, as MAPPING says."),
    "key": ("keys.key", "Issue, rotate, limit and revoke API keys."),
    "operation": ("operations.operation", "Register operations, which clients then ask for by their hash."),
    "person": ("people.person", "Keep an agency's people."),
    "policy": ("policy.policy", "Build, read and explain the access policy."),
    "provider": ("providers.provider", "Keep the agency's identity providers."),
    "schema": ("schema.schema", "Show the GraphQL schema."),
    "serve": ("serve.serve", "Answer GraphQL over HTTP until stopped."),
    "support": ("support.support", "Open records to the vendor's support, for a ticket and a time."),
}
"""Where in `louver.cli` each command is, as `<module>.<name>`, and what it does: the first sentence of its own help."""


class CommandLine(click.Group):
    """Imports sub-commands lazily, and says errors in two lines instead of a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # the base's name
        """Name the sub-commands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # the base's name
        """Import one."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(".")
        command: click.Command = getattr(importlib.import_module(f"louver.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # as above
        """List the sub-commands without importing them, which takes a second."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in sorted(_COMMANDS.items())])

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
