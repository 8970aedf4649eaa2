"""docs/policy.md: its files and commands do what the page says."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from louver.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`(\S+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
COMMANDS = re.findall(r"^```console\n\$ louver (.*)\n((?:(?!```|\$ ).*\n)+)```$", PAGE, re.MULTILINE)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The page's files, in the folder where its commands are run."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_the_page_shows_what_is_tested():
    """Every file and every command with its output is found, so that none goes untested."""
    assert set(FILES) == {"policy.toml", "careless.toml", "empty.toml", "cases.yaml"}
    assert [command.split()[1] for command, _ in COMMANDS] == ["check", "check", "diff", "test", "test"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("command", "output"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_commands_answer_what_the_page_shows(command, output):
    """Each command prints exactly what stands below it, and exits with 1 where something is wrong."""
    answer = CliRunner(catch_exceptions=False).invoke(main, shlex.split(command))
    assert answer.output == output
    assert (answer.exit_code == 1) is any(word in output for word in ("FAIL", "error "))


def test_every_subcommand_is_on_the_page():
    """Each sub-command that this page is about is named."""
    assert all(
        f"louver policy {name}" in PAGE for name in ("explain", "who", "export", "check", "diff", "test", "preview")
    )
