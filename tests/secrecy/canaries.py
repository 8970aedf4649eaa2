"""What must be found in no log: every value of the test world, every secret and value that a test sends or is given."""

import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from louver.db.types import Code, Codes
from tests.world.build import ROWS, World
from tests.world.fill import GROUPED_TEXTS

SHORTEST = 6
_BY_CHANCE = re.compile(r"\d{1,8}|(.)\1*")
"""Stands in any digest: a code of six digits (which is spent when it was used), or one letter again and again."""
_STEM = re.compile(r"[^\x00-\x1f\"'\\\x7f-\U0010ffff]*")
"""As far as a value reads the same in JSON, in COPY's text and in a file's bytes."""
_FILES_AT_ONCE = 1_000
SHAPES = {
    "key": r"lvr_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}",
    "token": r"eyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.",
    "cookie": r"__Host-louver=[0-9A-Za-z_-]{43}",
    "password hash": r"\$argon2",
    "social security number": r"(^|[^0-9A-Za-z-])[0-9]{3}-[0-9]{2}-[0-9]{4}([^0-9A-Za-z-]|$)",
}
"""What is known by its looks, whoever made it and wherever."""


_SPEAKING = re.compile(r"[\d\s@]|[^\x00-\x7f]")
_IN_CLEAR = re.compile(
    r"""([a-z]+_)?[0-9a-f]{32,}     # an id, a digest
    | [0-9A-Za-z]{12}               # the public part of a key
    | \d{4}-(W\d{2}|\d{2}-\d{2}.*)  # a week, a day, an instant
    | \d+(\.\d+){3}                 # an address""",
    re.VERBOSE,
)


def is_value(text: str) -> bool:
    """Whether a text says something of somebody: no name of a thing, and nothing that the log has in clear."""
    return bool(_SPEAKING.search(text)) and not _IN_CLEAR.fullmatch(text)


class Hit(NamedTuple):
    """A canary where none may be: its kind, never the canary."""

    kind: str
    place: str


class Canaries:
    """All that are known, each with its kind."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}

    def add(self, kind: str, *values: str) -> None:
        """Note what may not be kept from now on, nor have been before."""
        for value in values:
            stem = _STEM.match(value)
            text = stem[0].strip() if stem else ""
            is_telling = text == value or is_value(text)  # what is left of a malformed id is the name of a type
            if len(text) >= SHORTEST and is_telling and not _BY_CHANCE.fullmatch(text):
                self._kinds.setdefault(text, kind)

    def add_world(self, world: World) -> None:
        """Note the texts of all rows, under the names of their columns, and the name in each narrative."""
        self.add("narrative", "Whitcombe-4711")
        for type_name, row_type in ROWS.items():
            texts = [
                column.name
                for column in row_type.__table__.c
                if not isinstance(column.type, Code | Codes) and column.name not in GROUPED_TEXTS
            ]
            for row in world.rows[type_name]:
                for name in texts:
                    if isinstance(value := row[name], str) and is_value(value):
                        self.add(f"{type_name}.{name}", value)

    def find_in(self, files: Sequence[Path], scratch: Path) -> set[Hit]:
        """Grep files for all of them; `scratch` is written."""
        literals, shapes = scratch / "literals", scratch / "shapes"
        literals.write_text("".join(f"{text}\n" for text in self._kinds))
        shapes.write_text("".join(f"{shape}\n" for shape in SHAPES.values()))
        found = {Hit(self._kinds[text], place) for place, text in _grep("-F", literals, files)}
        return found | {Hit(_find_kind(text), place) for place, text in _grep("-E", shapes, files)}


def _find_kind(text: str) -> str:
    return next(kind for kind, shape in SHAPES.items() if re.search(shape, text))


def _grep(syntax: str, patterns: Path, files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Answer file and match for each match. The tool itself: of thousands of words it looks for all at once."""
    names = [str(file) for file in files]
    for start in range(0, len(names), _FILES_AT_ONCE):
        command = ["grep", "-a", "-o", "-H", "-Z", syntax, "-f", str(patterns), *names[start : start + _FILES_AT_ONCE]]
        done = subprocess.run(command, check=False, capture_output=True, env={"LC_ALL": "C"})
        if done.returncode > 1:
            raise RuntimeError(f"grep failed: {done.stderr.decode()}")
        for line in done.stdout.decode("utf-8", "replace").splitlines():
            place, _, text = line.partition("\0")
            yield place, text
