"""What an invented agency is made from: its size, its units and its subscription."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from louver.db.codes import Module
from louver.db.demo.draw import Draw


class Staff(StrEnum):
    """Who works in a unit."""

    COMMAND = "Command"
    PATROL = "Patrol"
    DETECTIVES = "Investigations"
    UNDERCOVER = "Covert investigations"
    SCHOOLS = "School resource"
    CIVILIANS = "Professional staff"


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit: the rank that leads it, its share of the agency's staff, and the units below."""

    name: str
    led_by: str
    weight: int
    staff: Staff
    below: tuple["UnitPlan", ...] = ()

    def walk(self, parent: str | None = None) -> Iterator[tuple["UnitPlan", str | None]]:
        """List this unit and all below, each with its parent's name."""
        yield self, parent
        for unit in self.below:
            yield from unit.walk(self.name)


@dataclass(frozen=True, slots=True)
class AgencyPlan:
    """An agency to make up. `cancelled_days_ago` counts from the day on which the data is made."""

    name: str
    ori: str
    state: str
    timezone: str
    domain: str
    area_code: str
    centre: tuple[float, float]
    modules: tuple[Module, ...]
    officers: int
    trainings_per_year: int
    incidents: int
    units: UnitPlan
    cancelled_days_ago: int | None = None

    @property
    def id(self) -> UUID:
        """The agency's id, the same in every database that holds the demo data."""
        return self.draw("agency").uuid()

    def draw(self, *subject: str) -> Draw:
        """Open this agency's stream of chance for a subject."""
        return Draw(self.name, *subject)

    def ended_at(self, now: datetime) -> datetime | None:
        """Tell when the subscription was cancelled, if it was."""
        return None if self.cancelled_days_ago is None else now - timedelta(days=self.cancelled_days_ago)

    def recorded_until(self, now: datetime) -> datetime:
        """Tell when records end: last midnight, or the one before the cancellation, after which nothing is entered.

        A midnight, so that hours of the day are the same whenever the data is made.
        """
        return (self.ended_at(now) or now).replace(hour=0, minute=0, second=0, microsecond=0)
