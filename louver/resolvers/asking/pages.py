"""A page of access records: by keyset, filtered and sorted by any field that the caller may see."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.vocabulary import Reason
from louver.errors import FieldDeniedError
from louver.logging.columns import unpack_ids
from louver.resolvers.arguments import ArgumentReader, CursorQuery, PageShape
from louver.resolvers.asking.conditions import Conditions
from louver.resolvers.asking.fields import AUDIT_EVENT, SUBJECTS
from louver.resolvers.asking.reach import RECORD, Reach
from louver.resolvers.catalogue import Catalogue
from louver.resolvers.cursors import CursorKeeper
from louver.resolvers.ids import as_id
from louver.resolvers.paging import SortKey, after_cursor

PAGE_MAX = 1_000
PLACE = "Query.auditEvents"
"""What its cursors are bound to."""
_PREFIX = "a_"
_WINDOWS = (timedelta(days=3), timedelta(days=31))
_OLDEST_FIRST = ({"field": "at", "direction": "ASC"},)
"""So that pages stay what they are while the log grows; `last` takes the newest."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows by field name, each with its cursor."""

    rows: Sequence[Mapping[str, Any]]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool


class Pages:
    """Reads pages for one question: a caller's reach and a field's arguments."""

    def __init__(self, log: AsyncConnection, reach: Reach, keeper: CursorKeeper, arguments: Mapping[str, Any]) -> None:
        """Read the arguments.

        Raises:
            RefusedError: they contradict each other, or refer to what the caller may not see.
        """
        self._log = log
        self._reach = reach
        self._keeper = keeper
        self._values: dict[str, Any] = {}
        reader = ArgumentReader(Catalogue({}), _PREFIX, self._values, PAGE_MAX)
        asked = {**arguments, "orderBy": arguments.get("orderBy") or _OLDEST_FIRST}
        self._shape: PageShape = reader.read_page(AUDIT_EVENT, PLACE, asked, keeper.decode)
        self._is_paged = any(arguments.get(name) is not None for name in ("after", "before"))
        self._conditions = Conditions(self._values, log.dialect.name)
        self._condition = self._conditions.build(self._shape.filter)
        self.referred = [*self._conditions.referred, *(term.field for term in self._shape.order)]
        require_shown(reach, self.referred)
        self._keys = list(self._list_keys())

    async def read(self, fields: Collection[str]) -> Page:
        """Read these fields of the page."""
        limit = self._values[f"{_PREFIX}limit"]
        shown = ["id", *(name for name in fields if name != "id")]
        rows: list[tuple[Any, ...]] = []
        for window in self._list_windows():
            found = await self._log.execute(self._select(shown, limit, window), self._values)
            rows = [tuple(row) for row in found]
            if len(rows) >= limit:
                break
        has_more, rows = len(rows) >= limit, rows[: limit - 1]
        if self._shape.is_backward:
            rows.reverse()
        query = CursorQuery(AUDIT_EVENT, PLACE, self._shape.order, self._shape.filter)
        filtered = {name: value for name, value in self._values.items() if name.startswith(f"{_PREFIX}f")}
        context = self._keeper.context(query, filtered)
        ends = (has_more, self._is_paged)
        return Page(
            rows=[{name: _render(name, value) for name, value in zip(shown, row, strict=False)} for row in rows],
            cursors=[self._keeper.cipher.seal(context, row[len(shown) :]) for row in rows],
            has_next=ends[self._shape.is_backward],
            has_previous=ends[not self._shape.is_backward],
        )

    async def count(self) -> int:
        """Count all records that the filter leaves."""
        counted = select(func.count()).select_from(AUDIT_EVENT.table).where(self._reach.condition, self._condition)
        return int(await self._log.scalar(counted, self._values) or 0)

    def _select(self, shown: Sequence[str], limit: int, window: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
        """Take each part's own page by its index, and of these the page: never more than is shown is sorted."""
        table, columns = AUDIT_EVENT.table, AUDIT_EVENT.columns
        cells = [columns[name].expression(table).label(f"f{index}") for index, name in enumerate(shown)]
        keys = [key.expression.label(f"k{index}") for index, key in enumerate(self._keys)]
        after = after_cursor(self._keys, _PREFIX, self._shape.cursor_nulls)
        parts = [
            select(*cells, *keys)
            .where(part, self._condition, after, window)
            .order_by(*(key.ordered() for key in self._keys))
            .limit(limit)
            .subquery()
            for part in self._reach.parts
        ]
        page = union_all(*map(select, parts)).subquery()
        ordered = [
            SortKey(key.name, page.c[f"k{index}"], key.is_descending, key.is_nullable).ordered()
            for index, key in enumerate(self._keys)
        ]
        return select(page).order_by(*ordered).limit(limit)

    def _list_windows(self) -> Iterator[ColumnElement[bool]]:
        """Look into the days before first, where the newest are asked for: what they fill is not looked for further.

        The whole year is sorted only for a filter that few records meet.
        """
        first = self._keys[0]
        if first.name == "at" and first.is_descending:
            start: datetime = self._values.get(f"{_PREFIX}k0") or self._reach.now
            for length in _WINDOWS:
                since = start - length
                yield and_(RECORD.at >= since, RECORD.day >= since.astimezone(UTC).date())
        yield true()

    def _list_keys(self) -> Iterator[SortKey]:
        is_backward = self._shape.is_backward
        for term in self._shape.order:
            column = AUDIT_EVENT.columns[term.field]
            is_descending = term.is_descending ^ is_backward
            yield SortKey(term.field, column.expression(AUDIT_EVENT.table), is_descending, column.nullable)
        yield SortKey("id", RECORD.request_id, is_backward, is_nullable=False)


def require_shown(reach: Reach, fields: Collection[str]) -> None:
    """Refuse to refer to what is not shown: referring is viewing.

    Raises:
        FieldDeniedError: one of the fields is not the caller's to see.
    """
    hidden: dict[str, Reason] = {
        AUDIT_EVENT.coordinate(name): reason for name in fields if (reason := reach.hides(name)) is not None
    }
    if hidden:
        raise FieldDeniedError(
            f"The operation asks for what you may not see: {', '.join(hidden)}.",
            hint="leave these out, or ask your agency's administrator for access",
            denials=[
                {"coordinate": coordinate, "reason": reason, "code": "FIELD_DENIED"}
                for coordinate, reason in hidden.items()
            ],
        )


def _render(name: str, value: Any) -> Any:
    if name == "id":
        return as_id(AUDIT_EVENT, value)
    if name in SUBJECTS:
        return None if value is None else [f"{SUBJECTS[name]}_{each.hex}" for each in unpack_ids(value)]
    return value
