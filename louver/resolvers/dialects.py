"""The few places where SQLite and PostgreSQL say the same thing differently."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    ARRAY,
    Alias,
    BindParameter,
    ColumnElement,
    Dialect,
    FromClause,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    not_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine

from louver.resolvers.turning import turn_over


class JsonArray(TypeDecorator[list[Any]]):
    """A list parameter as JSON text, each item as its own type would be bound."""

    impl = String
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> str | None:
        """Encode the list."""
        if value is None:
            return None
        process = self.item.dialect_impl(dialect).bind_processor(dialect)
        return json.dumps([process(item) for item in value] if process else list(value))


def _item_type(bound: BindParameter[Any]) -> TypeEngine[Any]:
    """The type of what a bound list holds, on either engine."""
    kind = bound.type
    return kind.item if isinstance(kind, JsonArray) else kind.item_type  # type: ignore[attr-defined]  # else an ARRAY


@dataclass(frozen=True, slots=True)
class First:
    """Which rows of each parent: those that are `wanted`, the first by `ordered`."""

    row: FromClause
    wanted: ColumnElement[bool]
    parent_key: ColumnElement[Any]
    ordered: Sequence[ColumnElement[Any]]
    limit: BindParameter[Any]


class Cut(NamedTuple):
    """What rows were cut down to: `page`, and how a query reads it."""

    page: FromClause
    source: FromClause
    position: ColumnElement[int]
    """Of the parent among its like, from 0."""
    ordered: Sequence[ColumnElement[Any]]


class Speech(Protocol):
    """How one database engine phrases what both can do."""

    name: str
    dialect: Dialect
    key_type: TypeEngine[Any]
    """The type by which a key read from a row is bound again."""

    def is_member(self, value: ColumnElement[Any], members: BindParameter[Any]) -> ColumnElement[bool]:
        """`value` is one of the array that is bound to `members`."""

    def array_type(self, item: TypeEngine[Any]) -> TypeEngine[Any]:
        """The type of a parameter that holds a list of `item`."""

    def has_any(self, codes: ColumnElement[Any], wanted: BindParameter[Any]) -> ColumnElement[bool]:
        """The multi-valued column holds one of the array that is bound to `wanted`."""

    def has_all(self, codes: ColumnElement[Any], wanted: BindParameter[Any]) -> ColumnElement[bool]:
        """The multi-valued column holds each of the array that is bound to `wanted`."""

    def each(self, codes: ColumnElement[Any]) -> FromClause:
        """The multi-valued column as rows of one column, `value`."""

    def as_rows(self, **lists: BindParameter[Any]) -> FromClause:
        """Bound arrays of equal length, side by side as the columns of a table."""

    def cut_per_parent(self, first: First, query: Select[Any]) -> Cut:
        """Cut `query` down to the first rows for each id of the parameter `parents`."""

    def link(
        self, source: FromClause, row: FromClause, query: Select[Any], condition: ColumnElement[bool], number: int
    ) -> tuple[FromClause, FromClause]:
        """Join what `query` selects of `row`, one for each row of `source` at most, keeping the order of `source`.

        Answers the join, and what stands for `row` in it.
        """

    def date_part(self, value: ColumnElement[Any], part: str, *, is_instant: bool) -> ColumnElement[Any]:
        """`YEAR` as an integer, `MONTH` as the text `2026-03`."""

    def date_floor(self, value: ColumnElement[Any], part: str, *, is_instant: bool) -> ColumnElement[Any]:
        """The first day (or instant) of the year or month that holds `value`, in the column's own type."""

    def tail(self, text: ColumnElement[Any], count: int) -> ColumnElement[Any]:
        """The last `count` characters."""

    def after(self, text: ColumnElement[Any], mark: str) -> ColumnElement[Any]:
        """What follows the first `mark`; null where there is none."""

    def like(self, text: ColumnElement[Any], pattern: ColumnElement[Any]) -> ColumnElement[bool]:
        """Match a pattern without regard to ASCII letter case; a backslash escapes."""


class PostgresSpeech:
    """PostgreSQL through asyncpg."""

    name = "postgresql"
    dialect: Dialect = postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    key_type: TypeEngine[Any] = Uuid()

    def is_member(self, value: ColumnElement[Any], members: BindParameter[Any]) -> ColumnElement[bool]:
        """See Speech."""
        return value == func.any(members)

    def array_type(self, item: TypeEngine[Any]) -> TypeEngine[Any]:
        """See Speech."""
        return ARRAY(item)

    def has_any(self, codes: ColumnElement[Any], wanted: BindParameter[Any]) -> ColumnElement[bool]:
        """See Speech."""
        return codes.bool_op("&&")(wanted)

    def has_all(self, codes: ColumnElement[Any], wanted: BindParameter[Any]) -> ColumnElement[bool]:
        """See Speech."""
        return codes.bool_op("@>")(wanted)

    def each(self, codes: ColumnElement[Any]) -> FromClause:
        """See Speech."""
        return func.unnest(codes).table_valued("value", joins_implicitly=True).render_derived()

    def as_rows(self, **lists: BindParameter[Any]) -> FromClause:
        """See Speech."""
        columns = [column(name, _item_type(bound)) for name, bound in lists.items()]
        return func.unnest(*lists.values()).table_valued(*columns).render_derived()

    def cut_per_parent(self, first: First, query: Select[Any]) -> Cut:
        """See Speech: a lateral join, so that an index ends each parent's scan early."""
        ids = bindparam("parents", type_=self.array_type(self.key_type))
        parents = (
            func.unnest(ids)
            .table_valued(column("id", self.key_type), with_ordinality="position")
            .render_derived("parents")
        )
        page = query.where(first.parent_key == parents.c.id).order_by(*first.ordered).limit(first.limit).lateral("page")
        # Of one parent, the rows come as the lateral query orders them: it can only be joined by a nested loop.
        return Cut(page, parents.join(page, true()), parents.c.position - literal_column("1"), (parents.c.position,))

    def link(
        self, source: FromClause, row: FromClause, query: Select[Any], condition: ColumnElement[bool], number: int
    ) -> tuple[FromClause, FromClause]:
        """See Speech: laterally again, and not to be pulled up, or a hash join might come of it and mix the rows."""
        del row
        linked = query.where(condition).offset(literal_column("0")).lateral(f"link{number}")
        return source.outerjoin(linked, true()), linked

    def date_part(self, value: ColumnElement[Any], part: str, *, is_instant: bool) -> ColumnElement[Any]:
        """See Speech."""
        local = func.timezone("UTC", value) if is_instant else value
        if part == "YEAR":
            return cast(func.date_part("year", local), Integer)
        return func.to_char(local, "YYYY-MM")

    def date_floor(self, value: ColumnElement[Any], part: str, *, is_instant: bool) -> ColumnElement[Any]:
        """See Speech."""
        if is_instant:
            return type_coerce(func.date_trunc(part.lower(), value, "UTC"), value.type)
        return cast(func.date_trunc(part.lower(), value), value.type)

    def tail(self, text: ColumnElement[Any], count: int) -> ColumnElement[Any]:
        """See Speech."""
        return func.right(text, count)

    def after(self, text: ColumnElement[Any], mark: str) -> ColumnElement[Any]:
        """See Speech."""
        return func.nullif(func.substr(text, func.nullif(func.strpos(text, mark), 0) + 1), "")

    def like(self, text: ColumnElement[Any], pattern: ColumnElement[Any]) -> ColumnElement[bool]:
        """See Speech."""
        return text.ilike(pattern, escape="\\")


class SqliteSpeech:
    """SQLite through its own library: arrays travel as JSON text."""

    name = "sqlite"
    dialect: Dialect = sqlite.dialect()
    key_type: TypeEngine[Any] = String()

    def is_member(self, value: ColumnElement[Any], members: BindParameter[Any]) -> ColumnElement[bool]:
        """See Speech."""
        return value.in_(select(column("value")).select_from(func.json_each(members)))

    def array_type(self, item: TypeEngine[Any]) -> TypeEngine[Any]:
        """See Speech."""
        return JsonArray(item)

    def has_any(self, codes: ColumnElement[Any], wanted: BindParameter[Any]) -> ColumnElement[bool]:
        """See Speech."""
        each = self.each(codes)
        return exists().select_from(each).where(self.is_member(each.c.value, wanted))

    def has_all(self, codes: ColumnElement[Any], wanted: BindParameter[Any]) -> ColumnElement[bool]:
        """See Speech."""
        asked, held = self.each(wanted), self.each(codes)
        missing = exists().select_from(asked).where(asked.c.value.not_in(select(held.c.value)))
        return and_(codes.is_not(None), not_(missing))

    def each(self, codes: ColumnElement[Any]) -> FromClause:
        """See Speech."""
        return func.json_each(codes).table_valued("value", joins_implicitly=True)

    def as_rows(self, **lists: BindParameter[Any]) -> FromClause:
        """See Speech."""
        each = {name: func.json_each(bound).table_valued("key", "value") for name, bound in lists.items()}
        first, *others = each.values()
        items = (type_coerce(each[name].c.value, _item_type(bound)).label(name) for name, bound in lists.items())
        return select(*items).where(*(other.c.key == first.c.key for other in others)).subquery()

    def cut_per_parent(self, first: First, query: Select[Any]) -> Cut:
        """See Speech: each parent's rows are found by their number alone, so that no more is read than is shown."""
        del query
        ids = bindparam("parents", type_=self.array_type(self.key_type))
        parents = func.json_each(ids).table_valued("key", "value", name="parents")
        # Told that few rows are of one parent, SQLite looks for those, and not through all in the order asked for.
        of_parent = func.unlikely(first.parent_key == parents.c.value)
        found = select(_number(first.row)).where(first.wanted, of_parent)
        found = found.order_by(*first.ordered).limit(first.limit).correlate(parents)
        assert isinstance(first.row, Alias)  # noqa: S101 - narrows the type; a level reads an alias of its table
        page = first.row.element.alias("page")
        ordered = (turn_over(key, {first.row: page}) for key in first.ordered)
        return Cut(page, parents.join(page, _number(page).in_(found)), parents.c.key, (parents.c.key, *ordered))

    def link(
        self, source: FromClause, row: FromClause, query: Select[Any], condition: ColumnElement[bool], number: int
    ) -> tuple[FromClause, FromClause]:
        """See Speech: the order is told by the statement."""
        del query, number
        return source.outerjoin(row, condition), row

    def date_part(self, value: ColumnElement[Any], part: str, *, is_instant: bool) -> ColumnElement[Any]:
        """See Speech."""
        del is_instant  # both are ISO text whose head is the date
        if part == "YEAR":
            return cast(func.substr(value, 1, 4), Integer)
        return func.substr(value, 1, 7)

    def date_floor(self, value: ColumnElement[Any], part: str, *, is_instant: bool) -> ColumnElement[Any]:
        """See Speech."""
        head, rest = (4, "-01-01") if part == "YEAR" else (7, "-01")
        floor = func.substr(value, 1, head).concat(rest)
        return type_coerce(floor.concat("T00:00:00.000000Z") if is_instant else floor, value.type)

    def tail(self, text: ColumnElement[Any], count: int) -> ColumnElement[Any]:
        """See Speech."""
        return func.substr(text, -count)

    def after(self, text: ColumnElement[Any], mark: str) -> ColumnElement[Any]:
        """See Speech."""
        return func.nullif(func.substr(text, func.nullif(func.instr(text, mark), 0) + 1), "")

    def like(self, text: ColumnElement[Any], pattern: ColumnElement[Any]) -> ColumnElement[bool]:
        """See Speech."""
        return text.like(pattern, escape="\\")


def _number(row: FromClause) -> ColumnElement[int]:
    """SQLite's own number of a row, by which it is found in one step."""
    return column("rowid", Integer(), _selectable=row)
