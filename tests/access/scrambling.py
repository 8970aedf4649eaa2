"""Changes everything that a holder may not see, and nothing else: the stuff of non-interference tests."""

from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import update

from louver.db.engine import begin_writing, create_engine
from tests.world.build import ROWS, World
from tests.world.fill import Row
from tests.world.policy import CELLS, REACHES, fields_of
from tests.world.shown import RELATIONS, snake
from tests.world.sight import Sight

KEPT = {
    "Agency": {"ori", "modules", "status", "small_cell_minimum", "policy_overlay_version"},
    "Officer": {"unit_id", "is_sworn", "is_undercover", "pseudonym"},
    "Training": {"completed_on"},
    "UofIncident": {"status", "published_at"},
}
"""What decides who reaches what, or is told under another coordinate: a change of it may show."""
COLUMNS = {"hours": "hours_hundredths", "hoursEarned": "hours_hundredths", "impaired": "impairment_types"}
DERIVED = {"officerRef"}
Change = tuple[str, Row, Row]
"""A type, a row of it and the new values of its columns."""


def list_changes(world: World, role: str) -> list[Change]:
    """List the new values of all that a role does not see; what it may count is left as it is."""
    sight = Sight(world, role)
    changes = []
    for type_name, rows in world.rows.items():
        listed = {row["id"] for row in sight.scopes.listed(type_name)}
        counted = {row["id"] for row in sight.scopes.counted(type_name)}
        for row in rows:
            hidden = _hidden_columns(sight, role, type_name, row, (row["id"] in listed, row["id"] in counted))
            values = {name: change(row[name], mask) for name, mask in hidden.items()}
            changes.append((type_name, row, {name: value for name, value in values.items() if value != row[name]}))
    return [found for found in changes if found[2]]


def _hidden_columns(
    sight: Sight, role: str, type_name: str, row: Row, reached: tuple[bool, bool]
) -> dict[str, str | None]:
    """The columns that may be changed, with the mask that has to come out the same."""
    hidden: dict[str, str | None] = {}
    seen: set[str] = set(KEPT.get(type_name, ()))
    is_listed, is_counted = reached
    for field in fields_of(type_name):
        coordinate, column = f"{type_name}.{field}", COLUMNS.get(field, snake(field))
        if coordinate in RELATIONS or field in DERIVED:
            continue
        says, cell = sight.letter(coordinate, row) if is_listed else None, CELLS[coordinate, role]
        if sight.is_name_hidden(coordinate, row):
            hidden.setdefault(column, None)
        elif says == "V" or (cell.letter in "VA" and is_counted):
            seen.add(column)
        else:
            hidden.setdefault(column, cell.mask if says == "M" else None)
    return {name: mask for name, mask in hidden.items() if name not in seen or name == "impairment_types"}


def change(value: Any, mask: str | None) -> Any:  # noqa: PLR0911 - one for each kind
    """Another value that looks the same under a mask."""
    match value:
        case None | bool():
            return value if value is None else not value
        case str() if isinstance(value, Enum):
            return _other_code(value, mask)
        case list():
            return [_swap(item) for item in value] or value
        case datetime():
            return value.replace(day=value.day % 28 + 1, hour=(value.hour + 5) % 24)
        case date():
            return value.replace(day=value.day % 28 + 1, month=value.month % 12 + 1)
        case float() if mask == "block":
            return next(other for other in (value + 0.0001, value - 0.0001) if round(other, 2) == round(value, 2))
        case float():
            return value + 3.5
        case int():
            return value + 1
        case _:
            return _other_text(value, mask)


def _other_text(value: str, mask: str | None) -> str:
    if mask == "last_two":
        return f"changed{value[-2:]}" if len(value) > 3 else f"{len(value)}0"
    return f"{value[:1]}changed" if mask == "initial" else f"changed {value}"


def _other_code(value: Any, mask: str | None) -> Any:
    alike = {"ACTIVE": "LEAVE", "LEAVE": "RESERVE", "PROBATIONARY": "ACTIVE", "RETIRED": "RESIGNED"}
    kind = type(value)
    if mask == "active_flag":
        return kind[alike[value.name]] if value.name in alike else value
    return next(member for member in kind if member is not value)


def _swap(item: Any) -> Any:
    """Another item of a list: of impairments one that is as much of an impairment."""
    swaps = {"ALCOHOL": "DRUG", "DRUG": "ALCOHOL", "NONE": "NONE", "PENDING": "UNKNOWN"}
    if isinstance(item, Enum):
        return type(item)[swaps.get(item.name, item.name)] if item.name in swaps else item
    return f"{item}9"


async def apply(url: str, changes: list[Change]) -> None:
    """Write the new values."""
    engine = create_engine(url)
    async with begin_writing(engine) as connection:
        for type_name, row, values in changes:
            table = ROWS[type_name].__table__
            await connection.execute(update(table).where(table.c.id == row["id"]).values(**values))
    await engine.dispose()


def reaches_rows(role: str) -> list[str]:
    """The types of which a role lists rows."""
    return [name for name in ROWS if REACHES[name, role].listed]
