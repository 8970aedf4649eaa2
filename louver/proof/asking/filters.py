"""Filters: every operator, junctions, and conditions on related rows."""

from typing import Any

from louver.proof.asking.draft import Draft, Word, as_literal, mark
from louver.proof.asking.operands import draw_operand, operand_type
from louver.proof.dice import chance, pick
from louver.proof.surfaces import Surface
from louver.resolvers.catalogue import Entity, Kind, Relation
from louver.schema.inputs import OPERATORS

_DARING = 2
_QUANTIFIERS = {"some": Surface.FILTER_SOME, "none": Surface.FILTER_NONE, "every": Surface.FILTER_EVERY}
_OPERATORS = {
    surface.value.removeprefix("operator "): surface for surface in Surface if surface.value.startswith("operator ")
}
_WEIGHTS = {"contains": 3, "startsWith": 3, "lt": 2, "gte": 2, "lte": 2, "gt": 2}
_LIST_KINDS = (Kind.CODES, Kind.TEXTS)


def write_filter(draft: Draft, entity: Entity, depth: int, *, is_counting: bool = False) -> str:
    """The argument `filter`."""
    draft.surfaces.add(Surface.FILTER)
    is_variable = chance(draft.dice, 35)
    tree = _Filters(draft, is_counting=is_counting, is_constant=is_variable).draw(entity, depth)
    return f"filter: {draft.declare(f'{entity.name}Filter', tree) if is_variable else as_literal(tree)}"


class _Filters:
    """Draws the conditions of one filter."""

    def __init__(self, draft: Draft, *, is_counting: bool, is_constant: bool) -> None:
        self._draft = draft
        self._dice = draft.dice
        self._is_constant = is_constant
        self._is_counting = is_counting

    def draw(self, entity: Entity, depth: int) -> dict[str, Any]:
        """One or two conditions, all of which hold."""
        self._draft.types.add(entity.name)
        tree: dict[str, Any] = {}
        for _ in range(2 if chance(self._dice, 15) else 1):
            kind = pick(self._dice, ["column", "relation", "relation", "junction"]) if depth else "column"
            if kind == "relation":
                tree |= self._related(entity, depth)
            elif kind == "junction":
                tree |= self._junction(entity, depth)
            else:
                tree |= self._column(entity)
        return tree

    def _column(self, entity: Entity) -> dict[str, Any]:
        columns = list(entity.columns.values())
        if chance(self._dice, 30):  # few columns hold lists, so these come up too seldom by themselves
            columns = [column for column in columns if column.kind in _LIST_KINDS] or columns
        openness = self._draft.openness
        column = self._draft.choose(
            columns,
            lambda column: openness.shows(entity.coordinate(column.name), is_counting=self._is_counting),
            _DARING,
            lambda column: openness.is_restricted(entity.coordinate(column.name)),
        )
        operators = [operator for operator in OPERATORS[column.kind] for _ in range(_WEIGHTS.get(operator, 1))]
        operator = "isNull" if column.kind is not Kind.ID and chance(self._dice, 10) else pick(self._dice, operators)
        self._draft.surfaces.add(_OPERATORS[operator])
        value = draw_operand(self._draft, entity, column, operator)
        if not self._is_constant and chance(self._dice, 30):
            value = Word(self._draft.declare(operand_type(column, operator), value))
        return {mark(f"{entity.name}Filter", column.name): {operator: value}}

    def _junction(self, entity: Entity, depth: int) -> dict[str, Any]:
        self._draft.surfaces.add(Surface.FILTER_JUNCTION)
        operator = pick(self._dice, ["or", "not", "and"])
        if operator == "not":
            return {operator: self.draw(entity, depth - 1)}
        return {operator: [self.draw(entity, depth - 1) for _ in range(1 if operator == "and" else 2)]}

    def _related(self, entity: Entity, depth: int) -> dict[str, Any]:
        relations = list(entity.relations.values())
        if chance(self._dice, 60):
            relations = [relation for relation in relations if relation.many] or relations
        relation = self._draft.choose(
            relations,
            lambda relation: self._draft.openness.follows(entity, relation, is_counting=self._is_counting),
            _DARING,
            self._is_telling,
        )
        # Related rows are reached as in a list.
        below = _Filters(self._draft, is_counting=False, is_constant=self._is_constant)
        target = self._draft.catalogue[relation.target]
        self._draft.types.add(target.name)
        tree = below.draw(target, depth - 1) if chance(self._dice, 85) else {}
        return {mark(f"{entity.name}Filter", relation.name): self._quantified(relation, tree)}

    def _is_telling(self, relation: Relation) -> bool:
        """Whether there may be something behind the relation that the caller must not be told."""
        return self._draft.openness.is_narrow(relation.target) or (self._is_counting and relation.classified)

    def _quantified(self, relation: Relation, tree: dict[str, Any]) -> dict[str, Any]:
        if not relation.many:
            self._draft.surfaces.add(Surface.FILTER_ONE)
            return tree
        quantifier = pick(self._dice, list(_QUANTIFIERS))
        self._draft.surfaces.add(_QUANTIFIERS[quantifier])
        return {quantifier: tree}
