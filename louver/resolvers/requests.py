"""A request: the roots of one operation with everything that does not change from one execution to the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from louver.resolvers.arguments import ArgumentReader, DecodeCursor, Shape
from louver.resolvers.catalogue import Catalogue, Entity
from louver.resolvers.selection import Field, Variables


class RootKind(StrEnum):
    """What a field of `Query` reads."""

    PAGE = "PAGE"
    POINT = "POINT"
    NODE = "NODE"
    AGGREGATE = "AGGREGATE"


@dataclass(frozen=True, slots=True)
class Root:
    """One selected root field. `entity` is None for `node`, whose type is in the id."""

    field: Field
    kind: RootKind
    entity: Entity | None

    @property
    def coordinate(self) -> str:
        """The schema coordinate of the root field."""
        return f"Query.{self.field.name}"


@dataclass(frozen=True, slots=True)
class Argued:
    """A field with arguments, and what they are about."""

    field: Field
    kind: RootKind
    entity: Entity | None
    place: str


class Request:
    """The planned roots of one operation. Compared by identity, so it can stand in a cache key.

    `administered`: the roots beside these that are read by an administrator's right. `unplanned`: names of all roots
    beside these.
    """

    def __init__(
        self,
        roots: Sequence[Root],
        catalogue: Catalogue,
        administered: Sequence[Field] = (),
        unplanned: Sequence[str] = (),
    ) -> None:
        self.roots = tuple(roots)
        self.administered = tuple(administered)
        self.unplanned = tuple(unplanned)
        self.is_planned = not self.unplanned and all(root.kind is not RootKind.NODE for root in self.roots)
        """Whether plans alone answer it. What a `node` is, its id decides, and it may be none of the plans'."""
        self.catalogue = catalogue
        self.argued = tuple(argued for root in self.roots for argued in _list_argued(root, catalogue))
        for index, argued in enumerate(self.argued):
            argued.field.index = index

    def read_shapes(
        self, variables: Variables, values: dict[str, object], decode: DecodeCursor, page_size_max: int
    ) -> tuple[Shape, ...]:
        """Take the arguments of all fields apart, putting their values into `values`."""
        return tuple(
            _read(argued, ArgumentReader(self.catalogue, f"a{index}_", values, page_size_max), variables, decode)
            for index, argued in enumerate(self.argued)
        )


def _read(argued: Argued, reader: ArgumentReader, variables: Variables, decode: DecodeCursor) -> Shape:
    arguments = argued.field.arguments(variables) if argued.field.arguments else {}
    if argued.kind in (RootKind.POINT, RootKind.NODE):
        return reader.read_point(argued.entity, arguments)
    assert argued.entity is not None  # noqa: S101 - only `node` has none
    if argued.kind is RootKind.AGGREGATE:
        return reader.read_aggregate(argued.entity, arguments)
    return reader.read_page(argued.entity, argued.place, arguments, decode)


def _list_argued(root: Root, catalogue: Catalogue) -> Iterator[Argued]:
    yield Argued(root.field, root.kind, root.entity, root.coordinate)
    match root.kind:
        case RootKind.PAGE:
            assert root.entity is not None  # noqa: S101 - only `node` has none
            yield from _below_page(root.field, root.entity, catalogue)
        case RootKind.POINT:
            assert root.entity is not None  # noqa: S101 - only `node` has none
            yield from _below_row(root.field.children, root.entity, catalogue)
        case RootKind.NODE:
            for name, children in root.field.by_type.items():
                if name in catalogue:  # access records are a node that no plan reads
                    yield from _below_row(children, catalogue[name], catalogue)
        case RootKind.AGGREGATE:
            return


def _below_page(field: Field, entity: Entity, catalogue: Catalogue) -> Iterator[Argued]:
    for child in field.children:
        if child.name == "nodes":
            yield from _below_row(child.children, entity, catalogue)
        elif child.name == "edges":
            for inner in child.children:
                if inner.name == "node":
                    yield from _below_row(inner.children, entity, catalogue)


def _below_row(fields: Sequence[Field], entity: Entity, catalogue: Catalogue) -> Iterator[Argued]:
    for field in fields:
        relation = entity.relations.get(field.name)
        if relation is None:
            continue
        target = catalogue[relation.target]
        if relation.many:
            yield Argued(field, RootKind.PAGE, target, entity.coordinate(relation.name))
            yield from _below_page(field, target, catalogue)
        else:
            yield from _below_row(field.children, target, catalogue)
