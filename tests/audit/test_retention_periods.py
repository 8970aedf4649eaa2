"""Twelve months: the last instant that is over, whatever the calendar does around it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from louver.logging.retention import find_cutoff

SECOND = timedelta(seconds=1)
LAST = timedelta(microseconds=1)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


class TestCutoff:
    @pytest.mark.parametrize(
        ("now", "cutoff"),
        [
            (at(2026, 11, 24, 12, 0, 0, 5), at(2025, 11, 24, 12, 0, 0, 5)),
            (at(2028, 2, 28, 23, 59, 59), at(2027, 2, 28, 23, 59, 59)),
            (at(2028, 2, 29), at(2027, 3, 1) - LAST),
            (at(2028, 2, 29, 23, 59, 59), at(2027, 3, 1) - LAST),
            (at(2028, 3, 1), at(2027, 3, 1)),
            (at(2029, 2, 28, 23, 59, 59), at(2028, 2, 28, 23, 59, 59)),
            (at(2029, 3, 1) - LAST, at(2028, 2, 29) - LAST),
            (at(2029, 3, 1), at(2028, 3, 1)),
            (at(2027, 1, 1), at(2026, 1, 1)),
        ],
    )
    def test_same_instant_a_year_ago(self, now, cutoff):
        """The cutoff is the same day and time a year before; where there is none, the end of that February."""
        assert find_cutoff(now) == cutoff

    def test_never_goes_back(self):
        """As time goes on, no record that was over is within its time again, leap days included."""
        hours = [at(2027, 2, 27) + timedelta(hours=number) for number in range(24 * 800)]
        cutoffs = [find_cutoff(each) for each in hours]
        assert cutoffs == sorted(cutoffs)

    def test_at_least_a_year(self):
        """No record goes before 365 days, and none stays for longer than 366."""
        days = [at(2027, 2, 20, 7) + timedelta(hours=number) for number in range(24 * 800)]
        ages = [each - find_cutoff(each) for each in days]
        assert (timedelta(days=365) <= min(ages), max(ages) <= timedelta(days=366)) == (True, True)

    @pytest.mark.parametrize("zone", ["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe"])
    @pytest.mark.parametrize("moment", [at(2026, 3, 8, 8), at(2026, 11, 1, 6, 30), at(2026, 3, 29, 1)])
    def test_zone_of_the_clock_does_not_matter(self, zone, moment):
        """Where clocks are put forward or back, and wherever the server is, the end of a record is the same instant."""
        for now in (moment - SECOND, moment, moment + SECOND):
            assert find_cutoff(now.astimezone(ZoneInfo(zone))) == find_cutoff(now)
