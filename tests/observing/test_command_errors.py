"""The command line's errors: a code, what to do, an exit status, and never a traceback."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from louver.cli import main, schema


def run(*arguments):
    """Run the command line in this process."""
    return CliRunner().invoke(main, arguments)


class TestCommandLine:
    @pytest.mark.parametrize(
        ("arguments", "command"),
        [
            (["--bogus"], "louver"),
            (["bogus"], "louver"),
            (["key", "bogus"], "louver key"),
            (["serve", "--port", "many"], "louver serve"),
            (["support", "grant"], "louver support grant"),
        ],
    )
    def test_misused(self, arguments, command):
        """A command that is misspelled or lacks something has a code, and says where its help is."""
        done = run(*arguments)
        first, second = done.stderr.splitlines()
        assert (done.exit_code, first.split(": ")[:2]) == (2, ["error", "BAD_REQUEST"])
        assert second.startswith("  hint: see `")
        assert second.endswith(f"{command.removeprefix('louver')} --help`")

    @pytest.mark.parametrize("arguments", [["--help"], ["key", "--help"], ["--version"]])
    def test_help(self, arguments):
        """Asking for help is no error."""
        assert run(*arguments).exit_code == 0

    def test_list_is_the_commands_own(self):
        """What the list says of a command is the first sentence of the command's own help."""
        shown = " ".join(run("--help").output.split())
        context = click.Context(main)
        for name in main.list_commands(context):
            first, _, _ = " ".join(main.get_command(context, name).help.split()).partition(".")
            assert f" {name} {first}." in shown

    def test_list_imports_no_command(self):
        """The list of commands comes without what the commands need."""
        script = "import sys, louver.cli; louver.cli.main(['--help'], standalone_mode=False); print(*sys.modules)"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert "louver.cli" in done.stdout.split()
        assert [name for name in done.stdout.split() if name in {"sqlalchemy", "strawberry", "louver.cli.audit"}] == []

    def test_fault_of_ours(self, monkeypatch):
        """A fault says its type and place; its words, which may quote a row, are not told."""

        def fail():
            raise ValueError("cannot read Whitcombe-4711")

        monkeypatch.setattr(schema, "build_schema", fail)
        done = run("schema", "print")
        assert done.exit_code == 1
        assert done.stderr.startswith("error: INTERNAL: Something failed on our side: builtins.ValueError at ")
        assert "hint: " in done.stderr
        assert "Whitcombe" not in done.output
        assert "Traceback" not in done.output
