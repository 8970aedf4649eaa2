"""docs/limits.md: its settings and their defaults are those of the program."""

import re
from pathlib import Path

from louver.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "limits.md").read_text()
OURS = re.compile(r"(?!connections).*_max|budget_.*|concurrency_.*|operation_timeout_seconds")


def test_settings():
    """The page has a row for each limit, with its default."""
    rows = re.findall(r"^\|(?: `\w+` \|)? `LOUVER_(\w+)` \| ([\d,]*) ?\|", PAGE, re.MULTILINE)
    told = {name.lower(): default.replace(",", "") for name, default in rows}
    defaults = Settings()
    assert told == {
        name: f"{getattr(defaults, name):g}"
        if isinstance(getattr(defaults, name), float)
        else str(getattr(defaults, name))
        for name in Settings.__dataclass_fields__
        if OURS.fullmatch(name)
    }
