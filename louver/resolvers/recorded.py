"""Recorded operations: what an agency's callers asked for lately, read from the log and taken together."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.preview import Recorded
from louver.db.engine import begin_writing, create_engine
from louver.db.failures import unavailable_on_failure
from louver.logging.events import Event
from louver.logging.retention import is_retained
from louver.logging.tables import audit_records

DAYS = 30
_EVENTS = (Event.ACCESS_QUERY, Event.ACCESS_MUTATION, Event.ACCESS_DENIED)
"""Operations that came as far as asking for coordinates."""
_SHOWN, _DENIED = ("returned", "masked", "suppressed"), "denied"


@dataclass(frozen=True, slots=True)
class RecordedLog:
    """The log, opened for one look or change: they are rare, so no connection is held for them."""

    url: str

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """Open a connection.

        Raises:
            DatabaseUnavailableError: the log did not answer.
        """
        engine = create_engine(self.url)
        try:
            with unavailable_on_failure(is_reported=True):
                async with engine.connect() as connection:
                    yield connection
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncConnection]:
        """Open a transaction for what is said about records, never for the records themselves.

        Raises:
            DatabaseUnavailableError: the log did not answer.
        """
        engine = create_engine(self.url)
        try:
            async with begin_writing(engine) as connection:
                yield connection
        finally:
            await engine.dispose()


async def list_recorded(
    connection: AsyncConnection, agency_id: UUID, now: datetime, days: int = DAYS
) -> list[Recorded]:
    """List the operations of an agency's callers, those that cannot be told apart counted together.

    Of a principal of several agencies the log names no single one, so its operations are not among them.
    """
    lists = _Lists()
    rows = await connection.execute(_select_operations(agency_id, now, now - timedelta(days=days)))
    return [_read(row, lists) for row in rows.all()]


def _select_operations(agency_id: UUID, now: datetime, since: datetime) -> Select[*tuple[Any, ...]]:
    """Group in the database: a log of many operations is a few kinds of them, over and over."""
    record = audit_records.c
    keys = (record.key_prefix, record.document_hash, record.operation_name, record.roles, record.coordinates)
    return (
        select(*(_as_text(key) for key in keys), func.count(), func.max(record.at))
        .where(
            record.agency_id == agency_id,
            is_retained(now),
            record.at >= since,
            record.day >= since.date(),  # which PostgreSQL has its partitions by
            record.event.in_(_EVENTS),
            record.document_hash.is_not(None),
            record.coordinates.is_not(None),
        )
        .group_by(*keys)
    )


def _as_text(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(column, String)


def _read(row: Sequence[Any], lists: "_Lists") -> Recorded:
    prefix, document_hash, name, roles, coordinates, times, last_at = row
    asked, denied = lists.read_coordinates(coordinates)
    return Recorded(
        roles=lists.read_roles(roles),
        key_prefix=prefix,
        document_hash=document_hash,
        operation_name=name,
        coordinates=asked,
        denied=denied,
        times=times,
        last_at=last_at,
    )


class _Lists:
    """Parses each text once: the same few lists of roles and coordinates come again and again."""

    def __init__(self) -> None:
        self._roles: dict[str, frozenset[str]] = {}
        self._coordinates: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def read_roles(self, text: str) -> frozenset[str]:
        if text not in self._roles:
            self._roles[text] = frozenset(orjson.loads(text))
        return self._roles[text]

    def read_coordinates(self, text: str) -> tuple[frozenset[str], frozenset[str]]:
        if text not in self._coordinates:
            found: Mapping[str, Sequence[str]] = orjson.loads(text)
            denied = frozenset(found.get(_DENIED, ()))
            self._coordinates[text] = (denied.union(*(found.get(name, ()) for name in _SHOWN)), denied)
        return self._coordinates[text]
