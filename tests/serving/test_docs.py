"""docs/operation.md and the settings name the same things."""

import re
from dataclasses import fields
from pathlib import Path

from louver.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
NAMED = re.compile(r"LOUVER_([A-Z_]+[A-Z])")


def test_settings_exist():
    """Whatever setting the page and the files beside it name can be set."""
    known = {field.name.upper() for field in fields(Settings)}
    for path in [DOCS / "operation.md", *(DOCS / "deploy").iterdir()]:
        assert set(NAMED.findall(path.read_text())) <= known


def test_bounds_are_named():
    """Each bound of a connection stands in the table with its default."""
    text = (DOCS / "operation.md").read_text()
    for name in ("head_seconds", "body_seconds", "idle_seconds", "connections_max", "drain_seconds"):
        assert f"`LOUVER_{name.upper()}` | {getattr(Settings(), name):g} |" in text
