"""How tests spell what they ask: lists of everything, orders, filters and groups, from the schema's own names."""

from louver.schema.roots import build_schema
from tests.world.build import ROWS
from tests.world.groups import LINKS, THROUGH
from tests.world.policy import CELLS, REACHES, fields_of
from tests.world.shown import RELATIONS

TYPES = build_schema().graphql.type_map
PLURALS = {name: f"{name[0].lower()}{name[1:]}s" for name in ROWS} | {"Agency": "agencies"}
DIMENSIONS = [(type_name, name) for type_name in ROWS for name in TYPES[f"{type_name}Dimension"].values]
SORTABLE = {
    (name, value.value): spelled for name in ROWS for spelled, value in TYPES[f"{name}OrderField"].values.items()
}
"""The order enum's spelling of each field that can be sorted by."""


def camel(name: str) -> str:
    """From `BADGE_NUMBER` to `badgeNumber`."""
    head, *tail = name.lower().split("_")
    return head + "".join(part.capitalize() for part in tail)


def aggregate_of(type_name: str) -> str:
    """Name the aggregate root of a type."""
    return f"{PLURALS[type_name]}Aggregate"


def list_query(type_name: str) -> str:
    """Ask for every classified field of every row."""
    fields = (f"{field} {{ id }}" if f"{type_name}.{field}" in RELATIONS else field for field in fields_of(type_name))
    return f"{{ {PLURALS[type_name]}(first: 1000) {{ nodes {{ id {' '.join(fields)} }} }} }}"


def groups_query(type_name: str, name: str) -> str:
    """Ask for the groups of one dimension, under its name."""
    dimension = camel(name)
    path = THROUGH.get(type_name, {}).get(dimension, (dimension,))
    owner = LINKS[f"{type_name}.{path[0]}"][0] if len(path) > 1 else type_name
    leads_to_row = f"{owner}.{path[-1]}" in LINKS or path[-1] == "agency"
    fields = f"{dimension} {{ id label }}" if leads_to_row else dimension
    return f"{name}: {aggregate_of(type_name)}(groupBy: [{name}]) {{ groups {{ count key {{ {fields} }} }} }}"


def is_closed(type_name: str, field: str, role: str) -> bool:
    """Whether a role sees nothing of a field in lists."""
    coordinate = f"{type_name}.{field}"
    target = RELATIONS.get(coordinate, (type_name, ""))[0]
    return CELLS[coordinate, role].letter in "DA" or not REACHES[target, role].listed
