"""How a type is declared: a class whose attributes say what each field shows.

A declared class is never instantiated: from it, `@entity` makes an `Entity` of the catalogue, by which the GraphQL
type is built and the planner reads.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Date, Double, Integer, String, Uuid
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from louver.db.base import Base
from louver.db.codes import CodedEnum
from louver.db.types import Code, Codes, Instant
from louver.errors import MisconfiguredError
from louver.resolvers.catalogue import (
    Column,
    Dimension,
    Entity,
    Expression,
    Guard,
    Kind,
    Measure,
    Relation,
    ScopePredicate,
)

_GROUPED_KINDS = (Kind.CODE, Kind.CODES, Kind.BOOLEAN)
_DATED_KINDS = (Kind.DATE, Kind.INSTANT)


@dataclass(frozen=True, slots=True)
class Shown:
    """A field over a column or an expression."""

    description: str
    kind: Kind
    expression: Expression
    codes: type[CodedEnum] | None
    is_nullable: bool
    inputs: tuple[str, ...] = ()
    guard: Guard | None = None
    measure: Measure | None = None
    is_grouped: bool = False


@dataclass(frozen=True, slots=True)
class Led:
    """A field that leads to other rows."""

    description: str
    target: str
    local: str
    remote: str
    is_many: bool
    is_classified: bool = False
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grouped:
    """A dimension that is reached through to-one relations."""

    description: str
    path: tuple[str, ...]
    part: str | None = None


def column(
    attribute: InstrumentedAttribute[Any], description: str, *, guard: Guard | None = None, is_grouped: bool = False
) -> Any:
    """Show a column as it is."""
    name = attribute.key
    kind, codes = _kind_of(attribute.type)
    return Shown(
        description,
        kind,
        lambda row: row.c[name],
        codes,
        is_nullable=bool(attribute.property.columns[0].nullable),
        guard=guard,
        is_grouped=is_grouped or kind in _GROUPED_KINDS,
    )


def derived(
    kind: Kind,
    expression: Expression,
    description: str,
    *,
    inputs: Sequence[str] = (),
    measure: Measure | None = None,
) -> Any:
    """Show an expression; `inputs` are the coordinates whose rights it needs as well."""
    return Shown(description, kind, expression, None, is_nullable=True, inputs=tuple(inputs), measure=measure)


def to_one(target: str, local: str, description: str, *, is_classified: bool = False) -> Any:
    """Lead to the one row whose id is in the column `local`."""
    return Led(description, target, local, "id", is_many=False, is_classified=is_classified)


def to_many(target: str, remote: str, description: str, *, inputs: Sequence[str] = ()) -> Any:
    """Lead to the rows whose column `remote` holds this row's id; `inputs` are coordinates of the target."""
    return Led(description, target, "id", remote, is_many=True, inputs=tuple(inputs))


def grouping(description: str, *path: str, part: str | None = None) -> Any:
    """Offer a dimension through to-one relations, ending in a relation or a column."""
    return Grouped(description, path, part)


def entity(
    row: type[Base],
    *,
    plural: str,
    scopes: Mapping[Any, ScopePredicate],
    label: str | None = None,
    subjects: Mapping[str, str] | None = None,
) -> Callable[[type], type]:
    """Declare a GraphQL object type over the table of `row`; `entity_of` gives what comes of it."""

    def declare(declaration: type) -> type:
        fields = {_camel(name): value for name, value in vars(declaration).items() if not name.startswith("__")}
        unknown = [name for name, value in fields.items() if not isinstance(value, Shown | Led | Grouped)]
        if unknown:
            raise MisconfiguredError(f"{declaration.__name__}.{unknown[0]} declares neither a column nor a relation")
        columns = {"id": _column("id", _id_of(declaration.__name__))}
        columns |= {name: _column(name, value) for name, value in fields.items() if isinstance(value, Shown)}
        declaration.__entity__ = Entity(  # type: ignore[attr-defined]  # read by `entity_of`
            name=declaration.__name__,
            plural=plural,
            description=_first_paragraph(declaration),
            table=row.__table__,  # type: ignore[arg-type]  # a mapped class of ours always maps a Table
            agency_column="agency_id" if "agency_id" in row.__table__.c else "id",
            prefix=declaration.__name__.lower(),
            columns=columns,
            relations={name: _relation(name, value) for name, value in fields.items() if isinstance(value, Led)},
            dimensions={
                dimension.name: dimension for name, value in fields.items() for dimension in _dimensions(name, value)
            },
            scopes=scopes,
            label=label,
            subjects=subjects or {},
        )
        return declaration

    return declare


def entity_of(declaration: type) -> Entity:
    """Give the entity of a declared class."""
    made: Entity = declaration.__entity__  # type: ignore[attr-defined]  # set by `entity`
    return made


def _id_of(name: str) -> Shown:
    return Shown(f"Opaque id of this {name}.", Kind.ID, lambda row: row.c.id, None, is_nullable=False)


def _column(name: str, shown: Shown) -> Column:
    return Column(
        name=name,
        description=shown.description,
        kind=shown.kind,
        expression=shown.expression,
        codes=shown.codes,
        nullable=shown.is_nullable,
        inputs=shown.inputs,
        guard=shown.guard,
        measure=shown.measure,
        grouped=shown.is_grouped,
    )


def _relation(name: str, led: Led) -> Relation:
    return Relation(
        name, led.description, led.target, led.local, led.remote, led.is_many, led.is_classified, led.inputs
    )


def _dimensions(name: str, value: Shown | Led | Grouped) -> list[Dimension]:
    match value:
        case Grouped(description, path, part):
            return [Dimension(name, description, path, part)]
        case Led(description, is_many=False):
            return [Dimension(name, description, (name,))]
        case Shown(kind=kind) if kind in _DATED_KINDS:
            return [
                Dimension(f"{name}Year", f"Year of `{name}`.", (name,), "YEAR"),
                Dimension(f"{name}Month", f"Month of `{name}`, such as `2026-03`.", (name,), "MONTH"),
            ]
        case Shown(is_grouped=True):
            return [Dimension(name, value.description, (name,))]
        case _:
            return []


def _kind_of(column_type: TypeEngine[Any]) -> tuple[Kind, type[CodedEnum] | None]:
    match column_type:
        case Code(enum=enum):
            return Kind.CODE, enum
        case Codes(enum=None):
            return Kind.TEXTS, None
        case Codes(enum=enum):
            return Kind.CODES, enum
        case Instant():
            return Kind.INSTANT, None
        case _:
            return next(kind for sql, kind in _KINDS if isinstance(column_type, sql)), None


_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (Uuid, Kind.ID),
    (Boolean, Kind.BOOLEAN),
    (Integer, Kind.INTEGER),
    (Double, Kind.FLOAT),
    (Date, Kind.DATE),
    (String, Kind.TEXT),
)


def _camel(name: str) -> str:
    return re.sub(r"_(.)", lambda match: match[1].upper(), name)


def _first_paragraph(declaration: type) -> str:
    if not declaration.__doc__:
        raise MisconfiguredError(f"{declaration.__name__} has no description")
    return " ".join(declaration.__doc__.split("\n\n", 1)[0].split())
