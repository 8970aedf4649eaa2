"""docs/operation.md and the settings name the same things."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from louver.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
NAMED = re.compile(r"LOUVER_([A-Z_]+[A-Z])")


@pytest.mark.parametrize("name", ["operation.md", "deploy/Containerfile", "deploy/louver.service"])
def test_settings_exist(name):
    """Whatever setting the page and the files beside it name can be set, and each of them names some."""
    named = set(NAMED.findall((DOCS / name).read_text()))
    assert named
    assert named <= {field.name.upper() for field in fields(Settings)}


def test_no_other_file():
    """The files beside the page are those looked at above."""
    assert {path.name for path in (DOCS / "deploy").iterdir()} == {"Containerfile", "louver.service"}


def test_bounds_are_named():
    """Each bound of a connection stands in the table with its default."""
    text = (DOCS / "operation.md").read_text()
    for name in ("head_seconds", "body_seconds", "idle_seconds", "connections_max", "drain_seconds"):
        assert f"`LOUVER_{name.upper()}` | {getattr(Settings(), name):g} |" in text
