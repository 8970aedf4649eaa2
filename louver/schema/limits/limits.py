"""How much one request may ask, and the refusal of one that asks more."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from louver.errors import LimitExceededError, MisconfiguredError
from louver.settings import Settings

FIGURE_MAX = 1_000_000_000
"""Figures are told up to here: what fragments multiply to can have any number of digits."""
_HINTS: Mapping[str, str] = {
    "aliases": "send several operations, or filter for many rows at once",
    "cost": "ask for smaller pages (`first`), or for fewer levels of lists",
    "depth": "ask for what lies deeper by its id, in an operation of its own",
    "list_items": "send the list in parts, in several operations",
}
_HINT = "send less in one operation"


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is taken of each figure; `seconds` is the time that one operation may run."""

    document: int
    """Characters of the document."""
    tokens: int
    depth: int
    fields: int
    aliases: int
    root_fields: int
    directives: int
    fragments: int
    list_items: int
    cost: int
    seconds: float

    @classmethod
    def from_settings(cls, settings: Settings) -> "Limits":
        """Take them from the settings.

        Raises:
            MisconfiguredError: one of them would let nothing through.
        """
        limits = cls(
            document=settings.document_max,
            tokens=settings.tokens_max,
            depth=settings.depth_max,
            fields=settings.fields_max,
            aliases=settings.aliases_max,
            root_fields=settings.root_fields_max,
            directives=settings.directives_max,
            fragments=settings.fragments_max,
            list_items=settings.list_items_max,
            cost=settings.cost_max,
            seconds=settings.operation_timeout_seconds,
        )
        for each in fields(limits):
            if getattr(limits, each.name) <= 0:
                setting = "operation_timeout_seconds" if each.name == "seconds" else f"{each.name}_max"
                raise MisconfiguredError(f"LOUVER_{setting.upper()} lets nothing through", hint="set it above 0")
        return limits

    def require(self, name: str, actual: int) -> None:
        """Refuse what is more than the limit of this name.

        Raises:
            LimitExceededError: it is.
        """
        maximum = getattr(self, name)
        if actual > maximum:
            raise exceed(name, maximum, actual)


def exceed(name: str, maximum: float, actual: float) -> LimitExceededError:
    """Spell the refusal of what is over a limit."""
    return LimitExceededError(
        f"The operation is over the limit on {name.replace('_', ' ')}.",
        hint=_HINTS.get(name, _HINT),
        limit=name,
        maximum=maximum,
        actual=min(actual, FIGURE_MAX),
    )
