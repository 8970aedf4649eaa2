"""The catalogue: for each GraphQL type, the table it shows and what every field stands for.

`schema/` declares it; the planner reads nothing else. A field that declares neither a column nor a relation does not
exist here, and start-up fails on it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import ColumnElement, FromClause, Table

from louver.db.codes import CodedEnum
from louver.errors import MisconfiguredError


class Kind(StrEnum):
    """What a field holds, which decides its GraphQL scalar, its filter operators and how it is rendered."""

    ID = "ID"
    TEXT = "TEXT"
    TEXTS = "TEXTS"
    INTEGER = "INTEGER"
    FLOAT = "FLOAT"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    INSTANT = "INSTANT"
    CODE = "CODE"
    CODES = "CODES"


Expression = Callable[[FromClause], ColumnElement[Any]]
"""From a (possibly aliased) table of the entity to an SQL expression over its row."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A second right that a field needs on rows that meet a condition, such as names of undercover officers."""

    coordinate: str
    applies: Expression


@dataclass(frozen=True, slots=True)
class Measure:
    """How a field is summed: an integer expression, and what to divide the sum by, so that sums are exact."""

    units: Expression
    per: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A field that shows one SQL expression.

    `inputs` names the coordinates that it is derived from: its effective right is the AND of theirs and its own.
    """

    name: str
    description: str
    kind: Kind
    expression: Expression
    codes: type[CodedEnum] | None = None
    nullable: bool = True
    inputs: tuple[str, ...] = ()
    guard: Guard | None = None
    measure: "Measure | None" = None
    grouped: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A field that leads to rows of another entity of the same agency: `parent.local = child.remote`.

    `classified` says that the policy has a line for the field itself; otherwise it follows the target's reach.
    """

    name: str
    description: str
    target: str
    local: str
    remote: str
    many: bool
    classified: bool = False
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something to group by: a column, a part of a date, or what to-one relations lead to.

    `path` names relations and, unless the group is the row at their end, a last column; `part` is `YEAR` or `MONTH`.
    """

    name: str
    description: str
    path: tuple[str, ...]
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """One GraphQL object type over one table."""

    name: str
    plural: str
    description: str
    table: Table
    agency_column: str
    prefix: str
    columns: Mapping[str, Column]
    relations: Mapping[str, Relation]
    dimensions: Mapping[str, Dimension]
    scopes: Mapping[str, "ScopePredicate"]
    label: str | None
    """The column that names a row where it stands as a group."""
    subjects: Mapping[str, str]
    """Whose data a row is, for the access record: `{"officer" | "incident": column name}`."""

    def coordinate(self, field_name: str) -> str:
        """Spell the schema coordinate `Type.field`."""
        return f"{self.name}.{field_name}"


ScopePredicate = Callable[[FromClause, "ScopeBinds"], ColumnElement[bool]]
"""Which rows of an entity a scope such as `unit` reaches, given whose it is."""


class ScopeBinds(Protocol):
    """What a scope predicate may compare with; each becomes a bound parameter.

    Leak: each question names the row's agency, for what a caller is in one agency counts for nothing in another.
    """

    def is_of_agency(self, inner: ColumnElement[Any], outer: ColumnElement[Any]) -> ColumnElement[bool]:
        """A row that is looked for is of the agency of the row around it, and that is one of the caller's.

        The second follows from the first, but a database that looks for all rows at once does not see it, and would
        read those of every agency.
        """

    def is_own_officer(self, agency_id: ColumnElement[Any], officer_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """The officer is the caller."""

    def is_within_units(
        self, agency_id: ColumnElement[Any], unit_id: ColumnElement[Any], *, is_identified: bool = False
    ) -> ColumnElement[bool]:
        """The unit is one of the caller's own, or below one of them.

        `is_identified`: and it is known which officer the caller is.
        """

    def is_above(self, agency_id: ColumnElement[Any], unit_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """The unit is one of the caller's own or that of the caller's officer, or above one of them."""

    def is_in_cycle(self, agency_id: ColumnElement[Any], day: ColumnElement[Any]) -> ColumnElement[bool]:
        """The day is within the training cycle that the agency granted to the caller."""

    def is_granted_officer(self, agency_id: ColumnElement[Any], officer_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """The officer is one that a support grant names."""

    def is_granted_incident(
        self, agency_id: ColumnElement[Any], incident_id: ColumnElement[Any]
    ) -> ColumnElement[bool]:
        """The incident is one that a support grant names."""


class Catalogue(Mapping[str, Entity]):
    """All entities by type name."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        self._entities = dict(entities)
        self._by_prefix = {entity.prefix: entity for entity in entities.values()}

    def __getitem__(self, name: str) -> Entity:
        return self._entities[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entities)

    def __len__(self) -> int:
        return len(self._entities)

    def by_prefix(self, prefix: str) -> Entity | None:
        """Find the entity whose outside ids begin with `prefix`."""
        return self._by_prefix.get(prefix)

    def require_classified(self, classified: frozenset[str]) -> None:
        """Hold schema and policy against each other.

        Raises:
            MisconfiguredError: a field that the policy does not classify, or a policy line for a field that does not
                exist.

        """
        needed, known = self._coordinates()
        missing, unknown = sorted(needed - classified), sorted(classified - known)
        if missing or unknown:
            raise MisconfiguredError(
                f"schema and policy disagree: unclassified {missing}, unknown {unknown}",
                hint="give every field a line in louver/authz/matrix.csv and run `louver policy build`",
            )

    def _coordinates(self) -> tuple[set[str], set[str]]:
        needed: set[str] = set()
        for entity in self.values():
            needed |= {entity.coordinate(name) for name in entity.columns if name != "id"}
            needed |= {entity.coordinate(name) for name, relation in entity.relations.items() if relation.classified}
            needed |= {column.guard.coordinate for column in entity.columns.values() if column.guard}
        return needed, needed
