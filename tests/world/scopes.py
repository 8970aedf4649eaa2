"""Which rows a row scope means, in plain Python over the world."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from tests.world.build import World
from tests.world.fill import Row
from tests.world.policy import REACHES, widenings
from tests.world.store import Holder


class Scopes:
    """Answers for one holder."""

    def __init__(self, world: World, holder: Holder) -> None:
        self._world = world
        self._holder = holder
        self._known: dict[tuple[UUID, str], bool] = {}
        self._units = self._below(holder.unit_id) if holder.unit_id else set()
        officer = world.find("Officer", holder.officer_id)
        above = [*self._above(holder.unit_id), *self._above(officer and officer["unit_id"])]
        self._commanders = {unit["commander_id"] for unit in above}

    def listed(self, type_name: str) -> list[Row]:
        """The rows that the role lists, by id as text, which is the default order."""
        return self._within(type_name, REACHES[type_name, self._holder.role].listed)

    def counted(self, type_name: str) -> list[Row]:
        """The rows that the role may count."""
        return self._within(type_name, REACHES[type_name, self._holder.role].counted)

    def _within(self, type_name: str, scope: str | None) -> list[Row]:
        wider = [each.rows for each in widenings(type_name, self._holder.role)]
        found = {row["id"]: row for each in (scope, *wider) for row in self.rows(type_name, each)}
        return sorted(found.values(), key=lambda row: str(row["id"]))

    def rows(self, type_name: str, scope: str | None) -> list[Row]:
        """The rows of one scope."""
        if scope is None:
            return []
        rows = self._world.of_agency(type_name, self._holder.agency)
        return [row for row in rows if self.reaches(type_name, row, scope)]

    def reaches(self, type_name: str, row: Row, scope: str) -> bool:
        """Whether a row is in a scope."""
        key = (row["id"], scope)
        if key not in self._known:
            self._known[key] = self._reaches(type_name, row, scope)
        return self._known[key]

    def _reaches(self, type_name: str, row: Row, scope: str) -> bool:
        if scope == "agency":
            return True
        if type_name == "Officer":
            return self._reaches_officer(row, scope)
        if type_name == "Training" and scope == "sworn" and not self._is_in_cycle(row["completed_on"]):
            return False
        if type_name == "Training":
            return self._reaches_officer(self._world.find("Officer", row["officer_id"]), scope)
        if type_name == "UofInvolvement" and scope == "own":
            return row["officer_id"] is not None and row["officer_id"] == self._holder.officer_id
        return self._reaches_incident(row if type_name == "UofIncident" else self._incident_of(row), scope)

    def _reaches_officer(self, officer: Row | None, scope: str) -> bool:
        if officer is None:
            return False
        tests: dict[str, Callable[[], bool]] = {
            "own": lambda: officer["id"] == self._holder.officer_id,
            "unit": lambda: officer["unit_id"] in self._units,
            "sworn": lambda: officer["is_sworn"],
            "chain": lambda: officer["id"] in self._commanders,
        }
        return tests[scope]()

    def _reaches_incident(self, incident: Row, scope: str) -> bool:
        is_closed = incident["status"] == "CLOSED"
        if scope in ("closed", "published"):
            return is_closed and (scope == "closed" or incident["published_at"] is not None)
        officers = {
            row["officer_id"] for row in self._world.rows["UofInvolvement"] if row["incident_id"] == incident["id"]
        }
        involves_self = self._holder.officer_id in officers
        if scope == "own":
            return involves_self
        of_unit = any(self._reaches_officer(self._world.find("Officer", officer), "unit") for officer in officers)
        return of_unit and not involves_self

    def _incident_of(self, row: Row) -> Row:
        incident = self._world.find("UofIncident", row["incident_id"])
        assert incident is not None
        return incident

    def _below(self, unit_id: UUID) -> set[UUID]:
        children = [row["id"] for row in self._world.rows["Unit"] if row["parent_id"] == unit_id]
        return {unit_id}.union(*map(self._below, children))

    def _above(self, unit_id: UUID | None) -> list[Row]:
        unit = self._world.find("Unit", unit_id)
        return [unit, *self._above(unit["parent_id"])] if unit else []

    def _is_in_cycle(self, day: date | None) -> bool:
        cycle = self._holder.cycle
        return cycle is not None and day is not None and cycle[0] <= day <= cycle[1]
