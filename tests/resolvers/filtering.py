"""Filters made at random, and what they mean in plain Python: two-valued, over what the role sees."""

from datetime import datetime
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from tests.access.asking import TYPES, is_closed
from tests.world.build import ROWS
from tests.world.fill import Row
from tests.world.policy import REACHES, fields_of
from tests.world.shown import RELATIONS, render
from tests.world.sight import Sight

JSON = dict[str, Any]
TO_ONE = RELATIONS | {
    **{f"{name}.agency": ("Agency", "agency_id") for name in ROWS if name != "Agency"},
    "Training.officer": ("Officer", "officer_id"),
    "UofInvolvement.incident": ("UofIncident", "incident_id"),
    "UofSubject.incident": ("UofIncident", "incident_id"),
}
TO_MANY = {
    "Agency.units": ("Unit", "agency_id"),
    "Agency.officers": ("Officer", "agency_id"),
    "Agency.courses": ("Course", "agency_id"),
    "Agency.trainings": ("Training", "agency_id"),
    "Agency.uofIncidents": ("UofIncident", "agency_id"),
    "Unit.children": ("Unit", "parent_id"),
    "Unit.officers": ("Officer", "unit_id"),
    "Officer.trainings": ("Training", "officer_id"),
    "Officer.involvements": ("UofInvolvement", "officer_id"),
    "Course.trainings": ("Training", "course_id"),
    "UofIncident.involvements": ("UofInvolvement", "incident_id"),
    "UofIncident.subjects": ("UofSubject", "incident_id"),
}
LINKS = {
    "Unit.officers": "Officer.unit",
    "Officer.involvements": "UofInvolvement.officer",
    "Course.trainings": "Training.course",
}
"""Lists that are a classified link seen from its other end."""


class Filtering:
    """Makes and evaluates filters as one role."""

    def __init__(self, sight: Sight, role: str) -> None:
        self._sight = sight
        self._role = role

    # making

    def filters(self, type_name: str, depth: int = 3) -> st.SearchStrategy[JSON]:
        """Draw filters of a type."""
        leaves = st.sampled_from(self._open_fields(type_name)).flatmap(lambda field: self._leaf(type_name, field))
        if not depth:
            return leaves
        inner = st.deferred(lambda: self.filters(type_name, depth - 1))
        branches = [
            leaves,
            leaves,
            st.fixed_dictionaries({"and": st.lists(inner, max_size=3)}),
            st.fixed_dictionaries({"or": st.lists(inner, max_size=3)}),
            st.fixed_dictionaries({"not": inner}),
            st.tuples(leaves, inner).map(lambda both: both[0] | both[1]),
        ]
        return st.one_of(*branches, *self._related(type_name, depth))

    def _open_fields(self, type_name: str) -> list[str]:
        fields = [field for field in fields_of(type_name) if f"{type_name}.{field}" not in RELATIONS]
        return [field for field in fields if not is_closed(type_name, field, self._role)]

    def _leaf(self, type_name: str, field: str) -> st.SearchStrategy[JSON]:
        condition_type = TYPES[f"{type_name}Filter"].fields[field].type
        operators = list(condition_type.fields)
        pool = self._pool(type_name, field)
        conditions = st.sampled_from(operators).flatmap(
            lambda operator: self._operand(operator, pool).map(lambda operand: {operator: operand})
        )
        return conditions.map(lambda condition: {field: condition})

    def _pool(self, type_name: str, field: str) -> list[Any]:
        rows = self._sight.scopes.listed(type_name)
        found = [render(self._sight.visible(f"{type_name}.{field}", row)) for row in rows]
        values = [item for value in found for item in (value if isinstance(value, list) else [value])]
        return list(dict.fromkeys(value for value in values if value is not None)) or [
            self._any_value(type_name, field)
        ]

    @staticmethod
    def _any_value(type_name: str, field: str) -> Any:
        kind = TYPES[f"{type_name}Filter"].fields[field].type.name.removesuffix("Filter").removesuffix("List")
        fixed = {"String": "x", "Int": 1, "Float": 1.5, "Boolean": True, "Date": "2022-01-01"}
        return fixed[kind] if kind in fixed else next(iter(getattr(TYPES[kind], "values", {"2024-01-01T00:00:00Z": 0})))

    @staticmethod
    def _operand(operator: str, pool: list[Any]) -> st.SearchStrategy[Any]:
        one = st.sampled_from(pool)
        if operator == "isNull":
            return st.booleans()
        if operator in ("contains", "startsWith"):
            slices = st.tuples(one, st.integers(0, 6), st.integers(1, 9)).map(
                lambda cut: cut[0][cut[1] : cut[1] + cut[2]]
            )
            start = one.map(lambda text: text[:4])
            return st.one_of(slices, start, st.sampled_from(["", "%", "_", "\\", "É", "é"])).flatmap(
                lambda text: st.sampled_from([text, text.swapcase()])
            )
        if operator in ("in", "notIn", "hasAny", "hasAll"):
            return st.lists(one, max_size=4)
        return one

    def _related(self, type_name: str, depth: int) -> list[st.SearchStrategy[JSON]]:
        found = []
        for coordinate, (target, _) in (TO_ONE | TO_MANY).items():
            owner, _, name = coordinate.partition(".")
            if owner != type_name or not self._may_follow(coordinate, target):
                continue
            inner = st.deferred(lambda target=target: self.filters(target, max(0, depth - 2)))
            if coordinate in TO_MANY:
                quantified = st.sampled_from(["some", "none", "every"]).flatmap(
                    lambda quantifier, inner=inner: st.fixed_dictionaries({quantifier: inner})
                )
                found.append(st.fixed_dictionaries({name: quantified}))
            else:
                found.append(st.fixed_dictionaries({name: inner}))
        return found

    def _may_follow(self, coordinate: str, target: str) -> bool:
        link = LINKS.get(coordinate, coordinate)
        is_link_closed = link in RELATIONS and is_closed(*link.split("."), self._role)
        return REACHES[target, self._role].listed is not None and not is_link_closed

    # meaning

    def holds(self, type_name: str, row: Row, tree: JSON) -> bool:
        """Whether a filter holds for a row; it always does or does not."""
        return all(self._holds(type_name, row, name, value) for name, value in tree.items())

    def _holds(self, type_name: str, row: Row, name: str, value: Any) -> bool:
        coordinate = f"{type_name}.{name}"
        if name == "and":
            return all(self.holds(type_name, row, tree) for tree in value)
        if name == "or":
            return any(self.holds(type_name, row, tree) for tree in value)
        if name == "not":
            return not self.holds(type_name, row, value)
        if coordinate in TO_ONE:
            target, column = TO_ONE[coordinate]
            rows = [other for other in self._sight.scopes.listed(target) if other["id"] == row[column]]
            return any(self.holds(target, other, value) for other in rows)
        if coordinate in TO_MANY:
            return self._holds_related(row, *TO_MANY[coordinate], value)
        seen = self._sight.visible(coordinate, row)
        return all(compare(operator, seen, operand) for operator, operand in value.items())

    def _holds_related(self, row: Row, target: str, column: str, quantified: JSON) -> bool:
        rows = [other for other in self._sight.scopes.listed(target) if other[column] == row["id"]]
        answers = {
            quantifier: [self.holds(target, other, tree) for other in rows] for quantifier, tree in quantified.items()
        }
        tests = {"some": any, "none": lambda each: not any(each), "every": all}
        return all(tests[quantifier](each) for quantifier, each in answers.items())


def compare(operator: str, seen: Any, operand: Any) -> bool:  # noqa: PLR0911 - one for each kind
    """Apply one operator: no comparison with null holds, and so the negated ones do."""
    if operator == "isNull":
        return (seen is None) == operand
    if operator in ("ne", "notIn"):
        return not compare({"ne": "eq", "notIn": "in"}[operator], seen, operand)
    if seen is None:
        return False
    if operator in ("has", "hasAny", "hasAll"):
        held, wanted = set(map(_plain, seen)), set(operand if isinstance(operand, list) else [operand])
        return held >= wanted if operator == "hasAll" else bool(held & wanted)
    if operator in ("contains", "startsWith"):
        text, part = _fold(seen), _fold(operand)
        return part in text if operator == "contains" else text.startswith(part)
    value = _ordered(seen)
    if operator == "in":
        return value in map(_ordered, operand)
    other = _ordered(operand)
    return {
        "eq": value == other,
        "gt": operator == "gt" and value > other,
        "gte": operator == "gte" and value >= other,
        "lt": operator == "lt" and value < other,
        "lte": operator == "lte" and value <= other,
    }[operator]


def _plain(value: Any) -> Any:
    return value.name if isinstance(value, Enum) else value


def _fold(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _ordered(value: Any) -> Any:
    value = render(value)
    if not isinstance(value, str):
        return value
    return datetime.fromisoformat(value) if "T" in value[10:11] and value.endswith("Z") else value.encode()
