"""Labels: which words of a record become one."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from louver.logging import AccessRecord, Event, Outcome
from louver.observing.meter import NAMES_KEPT, REASONS_KEPT, Meter
from tests.observing.scraping import read_figures


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def count(registry):
    """Let the meter see a record that became durable, and answer the figures."""
    meter = Meter(registry)

    async def count(*records):
        for record in records:
            done = asyncio.get_running_loop().create_future()
            meter.watch(record, done)
            done.set_result(None)
        await asyncio.sleep(0)
        return read_figures(generate_latest(registry).decode())

    return count


def record(**values):
    """A record of an operation that was answered."""
    known = {"at": datetime.now(UTC), "event": Event.ACCESS_QUERY, "outcome": Outcome.ANSWERED}
    return AccessRecord(**{**known, "request_id": uuid4(), "replica": "r:1", **values})


def list_names(figures):
    """The names that operations were counted under."""
    return {key[1] for key in figures if key[0] == "louver_operations_total"}


class TestNames:
    async def test_stored(self, count):
        """A stored operation is counted by its name, whatever else is `other`."""
        figures = await count(
            record(operation_name="Roster", saved_operation_id="s1"), record(operation_name="Whitcombe")
        )
        assert list_names(figures) == {"Roster", "other"}

    async def test_refused_names_are_not_believed(self, count):
        """A name that was only ever refused may be anybody's; one that was answered is counted when refused too."""
        refused = {"outcome": Outcome.REFUSED, "saved_operation_id": "s1"}
        figures = await count(
            record(operation_name="Whitcombe", **refused),
            record(operation_name="Roster", saved_operation_id="s1"),
            record(operation_name="Roster", **refused),
        )
        assert list_names(figures) == {"Roster", "other"}
        assert figures["louver_operations_total", "Roster", "refused"] == 1

    async def test_bounded(self, count):
        """However many operations are stored, only so many have figures of their own."""
        many = [record(operation_name=f"N{number}", saved_operation_id="s") for number in range(NAMES_KEPT + 50)]
        figures = await count(*many)
        assert len(list_names(figures)) == NAMES_KEPT + 1
        assert figures["louver_operations_total", "other", "answered"] == 50


class TestReasons:
    @pytest.mark.parametrize("reason", ["Whitcombe", "x", "KEY_4711", "A" * 50, "ROLE\n"])
    async def test_words_only(self, count, reason):
        """A reason that is no code is `OTHER`."""
        figures = await count(record(event=Event.AUTH_FAILED, outcome=Outcome.REFUSED, reason=reason))
        assert figures["louver_auth_failures_total", "OTHER"] == 1

    async def test_bounded(self, count):
        """There are only so many reasons."""
        letters = "ABCDEFGHIJ"
        many = [
            record(event=Event.AUTH_FAILED, outcome=Outcome.REFUSED, reason=f"R_{a}{b}")
            for a in letters
            for b in letters
        ]
        figures = await count(*many)
        assert figures["louver_auth_failures_total", "OTHER"] == 100 - REASONS_KEPT

    async def test_cost(self, count):
        """The cost of what was let in adds up."""
        assert (await count(record(cost=7), record(cost=5), record()))["louver_cost_total",] == 12
