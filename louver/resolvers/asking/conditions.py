"""From a filter over access records to an SQL condition."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, false, or_, true

from louver.errors import InvalidInputError
from louver.logging.subjects import holds_id
from louver.resolvers.arguments import Compare, FilterNode, IsNull, Junction
from louver.resolvers.asking.fields import AUDIT_EVENT, COLUMNS, SUBJECTS
from louver.resolvers.asking.reach import RECORD
from louver.resolvers.catalogue import Column, Kind
from louver.resolvers.dialects import PostgresSpeech, Speech, SqliteSpeech
from louver.resolvers.filters import compare

_ID = re.compile(r"([a-z]+)_([0-9a-f]{32})")
_LATEST, _EARLIEST = ("lt", "lte", "eq"), ("gt", "gte", "eq")


class Conditions:
    """Builds conditions with the values of one request, and remembers which fields they refer to."""

    def __init__(self, values: Mapping[str, Any], engine: str) -> None:
        self._values = values
        self._speech: Speech = PostgresSpeech() if engine == "postgresql" else SqliteSpeech()
        self.referred: dict[str, None] = {}

    def build(self, node: FilterNode | None) -> ColumnElement[bool]:
        """The condition, with the days that bounds on `at` come to, which PostgreSQL finds its partitions by."""
        return and_(self._build(node), *self._list_days(node))

    def _build(self, node: FilterNode | None) -> ColumnElement[bool]:
        match node:
            case Junction(operator, nodes):
                return _join(operator, [self._build(inner) for inner in nodes])
            case IsNull(name, wanted):
                value = self._see(AUDIT_EVENT.columns[name])
                return value.is_(None) if wanted else value.is_not(None)
            case Compare():
                return self._compare(AUDIT_EVENT.columns[node.field], node)
            case _:
                return true()

    def _compare(self, column: Column, node: Compare) -> ColumnElement[bool]:
        value = self._see(column)
        if column.kind is not Kind.TEXTS:
            return compare(column, value, node, self._speech)
        held = [_holds(column.name, value, wanted) for wanted in self._values[node.slot]]
        return and_(true(), *held) if node.operator == "hasAll" else or_(false(), *held)

    def _see(self, column: Column) -> ColumnElement[Any]:
        self.referred[column.name] = None
        return column.expression(AUDIT_EVENT.table)

    def _list_days(self, node: FilterNode | None) -> Iterator[ColumnElement[bool]]:
        if isinstance(node, Junction) and node.operator == "and":
            for inner in node.nodes:
                yield from self._list_days(inner)
        elif isinstance(node, Compare) and node.field == "at" and node.operator != "ne":
            moment = self._values[node.slot]
            if node.operator in _EARLIEST:
                yield RECORD.day >= moment.astimezone(UTC).date()
            if node.operator in _LATEST:
                yield RECORD.day <= moment.astimezone(UTC).date()


def read_subject(prefix: str, text: str) -> UUID:
    """Read the id of an officer or incident.

    Raises:
        InvalidInputError: it is none.
    """
    match = _ID.fullmatch(text)
    if match is None or match[1] != prefix:
        raise InvalidInputError("That is no id of what was asked for.", hint=f"write {prefix}_ and 32 digits")
    return UUID(match[2])


def _holds(name: str, value: ColumnElement[Any], wanted: str) -> ColumnElement[bool]:
    if name in SUBJECTS:
        # Leak: of a record of several agencies the ids are not shown, so nothing is found by them either.
        found = holds_id(COLUMNS[name], read_subject(SUBJECTS[name], wanted))
        return and_(RECORD.agency_id.is_not(None), found)
    return cast(value, String).contains(f'"{wanted}"', autoescape=True)


def _join(operator: str, conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    if operator == "not":
        return and_(true(), *conditions).is_not(true())
    return or_(false(), *conditions) if operator == "or" else and_(true(), *conditions)
