"""The README opens with one query answered for two roles; it is what the demo data answer."""

import json
import re
from pathlib import Path

import pytest

from tests.server import serving

README = Path(__file__).parents[2] / "README.md"


def blocks(language: str) -> list[str]:
    """The README's code blocks in one language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize(("role", "place"), [("chief", 0), ("auditor", 1)])
async def test_answers_are_true(sqlite_demo, tmp_path, role, place):
    """Each role gets from the demo data what the README shows."""
    key = json.loads(sqlite_demo.file.read_text())["agencies"][0]["keys"][role]
    async with serving(sqlite_demo.url, tmp_path) as server:
        answer = await server.ask(key, blocks("graphql")[0])
    assert answer["data"]["officers"]["nodes"] == [json.loads(blocks("json")[place])]
