"""Twelve calendar months, to the instant.

Counted on the calendar of UTC, in which every record says when it was: neither the agency's time zone nor a change of
its clocks moves the end of a record.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_

from louver.logging.tables import audit_records

_INSTANT = timedelta(microseconds=1)


def find_cutoff(now: datetime) -> datetime:
    """Answer the last instant whose twelve months are over; a record from then or earlier has to go.

    The same day and time a year ago. On February 29 there is none: all of February 28 is over by then, and March 1 is
    not. A record of February 29 goes when its twelfth month ends, with the first instant of March 1, so none is kept
    for less than 365 days.
    """
    moment = now.astimezone(UTC)
    try:
        return moment.replace(year=moment.year - 1)
    except ValueError:
        return datetime(moment.year - 1, 3, 1, tzinfo=UTC) - _INSTANT


def is_retained(now: datetime) -> ColumnElement[bool]:
    """Answer the condition on records that may still be shown.

    Leak: every reader of the log has to hold it, since what is over goes only when the next run comes to it.
    """
    cutoff = find_cutoff(now)
    return and_(audit_records.c.at > cutoff, audit_records.c.day >= cutoff.date())


def is_over(now: datetime) -> ColumnElement[bool]:
    """Answer the condition on records whose twelve months are over. Never holds of one that is erased."""
    cutoff = find_cutoff(now)
    return and_(audit_records.c.at <= cutoff, audit_records.c.day <= cutoff.date())
