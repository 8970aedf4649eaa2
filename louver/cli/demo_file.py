"""`var/demo.json`: the demo agencies' keys, for people and programs that try things out."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class AgencyKeys:
    """An agency and its keys by role. `id` is the one that clients see."""

    name: str
    id: str
    keys: dict[str, str]


@dataclass(frozen=True, slots=True)
class DemoFile:
    """The file. Its keys work, so only its owner may read it."""

    path: Path

    def read(self) -> tuple[AgencyKeys, ...]:
        """Read the agencies; none where there is no file, or one that is not ours."""
        try:
            agencies = json.loads(self.path.read_text(encoding="utf-8"))["agencies"]
            return tuple(AgencyKeys(agency["name"], agency["id"], dict(agency["keys"])) for agency in agencies)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return ()

    def write(self, agencies: Iterable[AgencyKeys]) -> None:
        """Replace the file, all at once.

        Leak: it is made with its mode, not made and then closed to others.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_name(f"{self.path.name}.new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(self.as_dict(agencies), indent=2) + "\n")
        new.replace(self.path)

    @staticmethod
    def as_dict(agencies: Iterable[AgencyKeys]) -> dict[str, Any]:
        """Render as what the file holds."""
        return {"agencies": [asdict(agency) for agency in agencies]}
