"""Recorded operations, read back from a log that the store itself wrote, on both engines."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from louver.logging import AccessRecord, AuditStore, Caller, Event, Outcome
from louver.logging.location import locate_audit
from louver.resolvers.recorded import RecordedLog, list_recorded
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.explaining.conftest import AGENCY

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
COORDINATES = {
    "returned": ("Query.officers", "Officer.rank"),
    "denied": ("Officer.workPhone",),
    "masked": ("Officer.rank",),
    "suppressed": ("Query.officersAggregate",),
}


@pytest.fixture
async def settings(database_url, tmp_path):
    """Settings whose two stores are migrated."""
    settings = Settings(database_url=database_url, var=tmp_path)
    await upgrade_stores(settings)
    return settings


def make_record(*, key="K1", agency=AGENCY, roles=("chief",), **given):
    """Make an access record."""
    caller = Caller(
        principal_id=uuid4(), principal_kind="key", roles=roles, key_prefix=key, agency_id=agency, purpose="tests"
    )
    defaults = {
        "at": NOW - timedelta(days=1),
        "event": Event.ACCESS_QUERY,
        "outcome": Outcome.PARTIAL,
        "caller": caller,
        "operation_name": "Roster",
        "document_hash": "a" * 64,
        "coordinates": COORDINATES,
        "request_id": uuid4(),
        "replica": "test:1",
    }
    return AccessRecord(**(defaults | given))


async def record_and_list(settings, records):
    """Store records and read the operations back."""
    store = await AuditStore.open(settings)
    for record in records:
        await store.append(record)
    await store.close()
    async with RecordedLog(locate_audit(settings)).reading() as connection:
        return await list_recorded(connection, AGENCY, NOW)


async def test_equal_operations_are_counted_together(settings):
    """Operations of one document, key, role set and coordinates are one, with how often and when last."""
    latest = NOW - timedelta(hours=1)
    found = await record_and_list(settings, [make_record(), make_record(at=latest), make_record()])
    (one,) = found
    assert (one.times, one.last_at, one.key_prefix, one.document_hash) == (3, latest, "K1", "a" * 64)
    assert (one.operation_name, one.roles) == ("Roster", {"chief"})
    assert one.coordinates == {name for names in COORDINATES.values() for name in names}
    assert (one.denied, one.roots) == ({"Officer.workPhone"}, {"Query.officers", "Query.officersAggregate"})


@pytest.mark.parametrize(
    "other",
    [
        {"key": "K2"},
        {"roles": ("chief", "hr")},
        {"document_hash": "b" * 64},
        {"operation_name": None},
        {"coordinates": {**COORDINATES, "denied": ()}},
    ],
    ids=lambda other: next(iter(other)),
)
async def test_what_tells_operations_apart(settings, other):
    """A difference that may matter keeps operations apart."""
    found = await record_and_list(settings, [make_record(), make_record(**other)])
    assert [each.times for each in found] == [1, 1]


@pytest.mark.parametrize(
    "other",
    [
        {"agency": uuid4()},
        {"agency": None},
        {"at": NOW - timedelta(days=31)},
        {"event": Event.AUTH_FAILED},
        {"event": Event.ACCESS_REFUSED},
        {"event": Event.POLICY_CHANGED},
        {"document_hash": None},
        {"coordinates": None},
    ],
    ids=lambda other: f"{next(iter(other))}",
)
async def test_what_is_no_operation_of_the_agencys(settings, other):
    """Other agencies', older ones, and what never came as far as asking are left out."""
    assert await record_and_list(settings, [make_record(**other)]) == []


async def test_the_last_thirty_days_to_the_instant(settings):
    """The oldest that counts is exactly thirty days old."""
    first = NOW - timedelta(days=30)
    found = await record_and_list(settings, [make_record(at=first), make_record(at=first - timedelta(microseconds=1))])
    assert [(each.times, each.last_at) for each in found] == [(1, first)]
