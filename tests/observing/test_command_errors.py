"""The command line's errors: a code, what to do, an exit status, and never a traceback."""

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
