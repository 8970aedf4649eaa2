"""docs/keys.md: its commands do what the page says, and it names every option."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from louver.cli.keys import key
from tests.keys.conftest import Desk
from tests.world.store import key_of

PAGE = (Path(__file__).parents[2] / "docs" / "keys.md").read_text(encoding="utf-8")
(COMMANDS,) = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_at_most_three_commands():
    """From nothing to an answer it takes no more than three commands."""
    assert 0 < len(COMMANDS.strip().splitlines()) <= 3


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's commands take curl")
async def test_first_answer(desk: Desk):
    """The page's commands, run as they stand, make a key and answer what its template would be answered."""
    script = COMMANDS.replace("http://127.0.0.1:8000", str(desk.client.base_url).rstrip("/"))
    louver = f'louver() {{ {sys.executable} -m louver "$@"; }}\n'
    environment = {
        "PATH": "/usr/bin:/bin",
        "LOUVER_KEY": key_of("agency_admin").text,
        "LOUVER_DATABASE_URL": desk.url,
        "LOUVER_AUDIT_URL": f"sqlite:///{desk.folder}/audit.db",
        "LOUVER_VAR": str(desk.folder),
    }
    done = await asyncio.to_thread(
        subprocess.run, ["bash", "-c", louver + script], env=environment, capture_output=True, text=True, check=True
    )
    answer = json.loads(done.stdout)
    assert answer == await desk.ask(key_of("chief").text, "{ officers(first: 2) { nodes { badgeNumber rank } } }")
    assert answer["data"]["officers"]["nodes"]


def test_every_command_is_on_the_page():
    """Each sub-command is named, and each option that says what a key may do."""
    assert all(f"louver key {name}" in PAGE for name in key.commands)
    limits = {option for each in key.commands["change"].params for option in each.opts if option.startswith("--")}
    assert not [option for option in limits - {"--clear", "--json"} if option not in PAGE]
