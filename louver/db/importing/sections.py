"""Tables of a TOML file, read key by key: a wrong type, a missing key and a key that nobody asked for are said."""

from collections.abc import Mapping
from typing import Any, Self

from louver.errors import MisconfiguredError


class Section:
    """One table of a mapping file. Close it when all that may stand in it has been asked for."""

    def __init__(self, content: Mapping[str, Any], origin: str, place: str = "") -> None:
        self._content = dict(content)
        self._origin = origin
        self._place = place

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def fault(self, message: str, hint: str) -> MisconfiguredError:
        """Make the error for something that is wrong here."""
        place = f" [{self._place}]" if self._place else ""
        return MisconfiguredError(f"{self._origin}{place}: {message}", hint=hint)

    def find_text(self, key: str) -> str | None:
        """Take a text, if it is there."""
        found = self._content.pop(key, None)
        if found is not None and not isinstance(found, str):
            raise self.fault(f"{key} is not a text", f'write {key} = "…"')
        return found

    def get_text(self, key: str) -> str:
        """Take a text."""
        found = self.find_text(key)
        if not found:
            raise self.fault(f"{key} is missing", f'write {key} = "…"')
        return found

    def get_texts(self, key: str) -> tuple[str, ...]:
        """Take a list of texts, perhaps empty."""
        found = self._content.pop(key, [])
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise self.fault(f"{key} is not a list of texts", f'write {key} = ["…", "…"]')
        return tuple(found)

    def get_flag(self, key: str) -> bool:
        """Take a truth value, false if it is not there."""
        found = self._content.pop(key, False)
        if not isinstance(found, bool):
            raise self.fault(f"{key} is not true or false", f"write {key} = true")
        return found

    def get_section(self, key: str) -> Self:
        """Take a table, perhaps empty."""
        found = self._content.pop(key, {})
        if not isinstance(found, dict):
            raise self.fault(f"{key} is not a table", f"write [{self._join(key)}]")
        return type(self)(found, self._origin, self._join(key))

    def get_sections(self, key: str) -> dict[str, Self]:
        """Take a table of tables."""
        return self.get_section(key).take_sections()

    def take_sections(self) -> dict[str, Self]:
        """Take everything here, each a table."""
        return {key: self.get_section(key) for key in list(self._content)}

    def list_sections(self, key: str) -> list[Self]:
        """Take a list of tables."""
        found = self._content.pop(key, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self.fault(f"{key} is not a list of tables", f"write [[{self._join(key)}]]")
        return [type(self)(each, self._origin, f"{self._join(key)} {place}") for place, each in enumerate(found, 1)]

    def take_texts(self) -> dict[str, str]:
        """Take everything here, each a text."""
        return {key: self.find_text(key) or "" for key in list(self._content)}

    def take_text_lists(self) -> dict[str, tuple[str, ...]]:
        """Take everything here, each a list of texts."""
        return {key: self.get_texts(key) for key in list(self._content)}

    def take_any(self) -> dict[str, Any]:
        """Take everything here as it is."""
        content, self._content = self._content, {}
        return content

    def take(self, key: str) -> Any:
        """Take what is there, of any type; None without it."""
        return self._content.pop(key, None)

    def inner(self, content: Mapping[str, Any], key: str) -> Self:
        """Make a section of a table that was taken as it is."""
        return type(self)(content, self._origin, self._join(key))

    def close(self) -> None:
        """Complain of what nobody asked for: a misspelt key would be a rule that silently does not hold."""
        if self._content:
            key = next(iter(self._content))
            raise self.fault(f"{key!r} is not known here", "remove it, or correct its spelling")

    def _join(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key
