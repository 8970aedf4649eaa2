"""The hash chain: whatever is done to a stored record shows."""

from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from louver.logging.chain import commit_row, hash_row
from louver.logging.tables import audit_records
from louver.logging.verifying import verify_chain
from tests.holding import every_cell

EDITS = {
    "schema_version": 3,
    "day": date(2026, 3, 10),
    "at": datetime(2026, 3, 9, 16, 5, 0, 123457, tzinfo=UTC),
    "event": "access.denied",
    "outcome": "refused",
    "reason": None,
    "principal_id": uuid4(),
    "principal_kind": "person",
    "roles": ["auditor"],
    "key_prefix": "other",
    "agency_id": uuid4(),
    "agency_ids": uuid4().bytes,
    "on_behalf_of": None,
    "purpose": "other",
    "address": "127.0.0.2",
    "user_agent": "other",
    "host": "other",
    "operation_name": "Other",
    "document_hash": "f" * 64,
    "saved_operation_id": None,
    "variables": {"first": "int:00"},
    "arguments": None,
    "coordinates": {"returned": ["Officer.rank"], "denied": []},
    "officer_ids": b"",
    "incident_ids": uuid4().bytes,
    "rows": 0,
    "bytes_in": 121,
    "bytes_out": 0,
    "duration_us": 901,
    "cost": None,
    "policy_version": None,
    "request_id": uuid4(),
    "trace_id": None,
    "replica": "other",
    "details": {"count": 2},
    "commitment": b"\1" * 32,
    "salt": b"\1" * 16,
    "previous_hash": b"\1" * 32,
    "hash": b"\1" * 32,
    "sequence": 9,
    "writer": uuid4(),
}


@asynccontextmanager
async def undone(engine):
    """A connection whose changes are rolled back."""
    async with engine.connect() as connection:
        try:
            yield connection
        finally:
            await connection.rollback()


@pytest.fixture
async def chained(store, make_record):
    """A store with three records on its chain, the last of another day."""
    for day in (9, 9, 10):
        await store.append(make_record(at=datetime(2026, 3, day, 16, 5, 0, 123456, tzinfo=UTC)))
    return store


def test_every_column_is_tried():
    """The edits leave no column out."""
    assert set(EDITS) == set(audit_records.columns.keys())


@pytest.mark.usefixtures("chained")
class TestVerifyChain:
    async def test_untouched_holds(self, list_rows):
        """What was written verifies when it is read back, on both engines."""
        rows = await list_rows()
        assert [row["sequence"] for row in rows] == [1, 2, 3]
        assert verify_chain(rows) is None

    async def test_any_edit_breaks(self, audit_engine, list_rows):
        """An edit of any single column of the second record is found."""
        in_order = select(audit_records).order_by(audit_records.c.writer, audit_records.c.sequence)
        with every_cell() as cells:
            for column, value in EDITS.items():
                with cells.of(column):
                    async with undone(audit_engine) as connection:
                        is_second = audit_records.c.sequence == 2
                        await connection.execute(update(audit_records).where(is_second).values({column: value}))
                        rows = (await connection.execute(in_order)).mappings().all()
                    assert verify_chain([dict(row) for row in rows]) is not None
        assert verify_chain(await list_rows()) is None

    async def test_break_is_named(self, chained, audit_engine, list_rows):
        """The first bad record is named, with what is wrong with it."""
        async with audit_engine.begin() as connection:
            await connection.execute(update(audit_records).where(audit_records.c.sequence == 2).values(rows=7))
        found = verify_chain(await list_rows())
        assert (chained.writer_id, 2, "its personal part was edited") == (found.writer, found.sequence, found.problem)

    @pytest.mark.parametrize("sequence", [1, 2])
    async def test_deletion_breaks(self, audit_engine, list_rows, sequence):
        """A record that is missing before another is found."""
        async with audit_engine.begin() as connection:
            await connection.execute(delete(audit_records).where(audit_records.c.sequence == sequence))
        assert verify_chain(await list_rows()).problem == "a record before it is missing"

    async def test_rehashed_edit_breaks(self, list_rows):
        """Who edits a record and computes its hash anew breaks the record after it."""
        rows = await list_rows()
        forged = rows[1] | {"rows": 7}
        forged["commitment"] = commit_row(forged)
        forged["hash"] = hash_row(forged)
        found = verify_chain([rows[0], forged, rows[2]])
        assert (found.sequence, found.problem) == (3, "it does not continue the record before it")
