"""Which names of the schema are open to a caller, by a reading of the policy's lines alone."""

from collections.abc import Iterator
from functools import cached_property

from louver.authz.vocabulary import Rows
from louver.proof.callers import Caller
from louver.proof.charter import type_of
from louver.proof.reading import NO_RIGHT, Reading, Right, Rights
from louver.proof.shown import GUARDED, INPUTS
from louver.proof.worlds import LINKS
from louver.resolvers.catalogue import Catalogue, Column, Dimension, Entity, Relation
from louver.schema.inputs import enum_name


class Openness:
    """Answers for one caller. What is closed here is closed on every row of every agency of the caller's."""

    def __init__(self, caller: Caller, reading: Reading, catalogue: Catalogue) -> None:
        self._places: list[Rights] = [reading.rights_of(place) for place in caller.places]
        self._catalogue = catalogue

    def lists(self, type_name: str) -> bool:
        """Some rows of the type may be listed."""
        return any(_right(rights, type_name).view for rights in self._places)

    def counts(self, type_name: str) -> bool:
        """Some rows of the type may be counted."""
        return any(_right(rights, type_name).counted for rights in self._places)

    def shows(self, coordinate: str, *, is_counting: bool = False) -> bool:
        """Something of the field is shown on some row that is listed, or counted."""
        if coordinate.endswith(".id"):
            return self.counts(type_of(coordinate)) if is_counting else self.lists(type_of(coordinate))
        needed = (coordinate, *INPUTS.get(coordinate, ()))
        return any(
            _is_reached(rights, type_of(coordinate), is_counting=is_counting)
            and all(_right(rights, each).shown for each in needed)
            for rights in self._places
        )

    def is_narrow(self, type_name: str) -> bool:
        """Rows of the type are reached, but not all of an agency's."""
        return any(
            scopes and Rows.AGENCY not in scopes
            for rights in self._places
            for scopes in (_right(rights, type_name).view, _right(rights, type_name).counted)
        )

    def is_restricted(self, coordinate: str) -> bool:
        """The field is not shown as it is on all rows that are reached: such a field has something to tell."""
        return any(
            (reach := _right(rights, type_of(coordinate))).counted
            and (right := _right(rights, coordinate)).counted | right.masked
            and (coordinate in GUARDED or not (Rows.AGENCY in right.view or reach.counted <= right.view))
            for rights in self._places
        )

    def measures(self, coordinate: str) -> bool:
        """The field may be summed or grouped by on some row that is counted."""
        needed = (coordinate, *INPUTS.get(coordinate, ()))
        return any(
            _is_reached(rights, type_of(coordinate), is_counting=True)
            and all(_right(rights, each).counted for each in needed)
            for rights in self._places
        )

    def follows(self, entity: Entity, relation: Relation, *, is_counting: bool = False) -> bool:
        """The relation leads from some row to some row."""
        owner, name, is_classified = _link_of(entity, relation)
        reached = self.counts(entity.name) if is_counting else self.lists(entity.name)
        return reached and self.lists(relation.target) and (not is_classified or self._has_link(owner, name))

    def groups(self, entity: Entity, dimension: Dimension) -> bool:
        """Rows may be grouped by the dimension."""
        if not self.counts(entity.name):
            return False
        for name in dimension.path:
            if name in entity.columns:
                return self.measures(entity.coordinate(name))
            relation = entity.relations[name]
            if not self.counts(relation.target) or (relation.classified and not self._counts_link(entity, name)):
                return False
            entity = self._catalogue[relation.target]
        return True

    @cached_property
    def closed(self) -> frozenset[str]:
        """The schema's coordinates that are closed: output and input fields, and values of enums."""
        return frozenset(name for entity in self._catalogue.values() for name in self._list_closed(entity))

    def _list_closed(self, entity: Entity) -> Iterator[str]:
        name = entity.name
        yield from _named(not self.lists(name), f"Query.{name[0].lower()}{name[1:]}", f"Query.{entity.plural}")
        yield from _named(not self.counts(name), f"Query.{entity.plural}Aggregate")
        for column in entity.columns.values():
            yield from self._list_closed_column(entity, column)
        for relation in entity.relations.values():
            yield from _named(not self.follows(entity, relation), entity.coordinate(relation.name))
            is_compared = self.follows(entity, relation, is_counting=True)
            yield from _named(not is_compared, f"{name}Filter.{relation.name}")
        for dimension in entity.dimensions.values():
            places = f"{name}GroupKey.{dimension.name}", f"{name}Dimension.{enum_name(dimension.name)}"
            yield from _named(not self.groups(entity, dimension), *places)

    def _list_closed_column(self, entity: Entity, column: Column) -> Iterator[str]:
        name, coordinate = entity.name, entity.coordinate(column.name)
        yield from _named(not self.shows(coordinate), coordinate)
        is_compared = self.shows(coordinate, is_counting=True)
        yield from _named(not is_compared, f"{name}Filter.{column.name}", f"{name}OrderField.{enum_name(column.name)}")
        if column.measure:
            places = f"{name}Sums.{column.name}", f"{name}Averages.{column.name}"
            yield from _named(not self.measures(coordinate), *places)

    def _has_link(self, owner: str, name: str) -> bool:
        return any(_right(rights, f"{owner}.{name}").view for rights in self._places)

    def _counts_link(self, entity: Entity, name: str) -> bool:
        return any(_right(rights, entity.coordinate(name)).counted for rights in self._places)


def _named(is_closed: bool, *names: str) -> tuple[str, ...]:  # noqa: FBT001 - read as a condition
    return names if is_closed else ()


def _right(rights: Rights, coordinate: str) -> Right:
    return rights.get(coordinate, NO_RIGHT)


def _is_reached(rights: Rights, type_name: str, *, is_counting: bool) -> bool:
    reach = _right(rights, type_name)
    return bool(reach.counted if is_counting else reach.view)


def _link_of(entity: Entity, relation: Relation) -> tuple[str, str, bool]:
    """Find the link that a relation follows or, if it leads to many, turns round.

    Answers its type, its name, and whether it has a line of its own. It tells the same from either end, so both ends
    take its right.
    """
    owner, target, column = (
        (relation.target, entity.name, relation.remote)
        if relation.many
        else (entity.name, relation.target, relation.local)
    )
    link = next(link for link in LINKS[owner] if link.column == column and link.target == target)
    return owner, link.name, link.is_classified
