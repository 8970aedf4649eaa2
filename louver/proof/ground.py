"""On which rows a row scope holds for a caller, in plain Python over the world."""

from collections.abc import Callable, Iterable
from functools import cache
from uuid import UUID

from louver.authz.vocabulary import Rows as Scope
from louver.proof.callers import NO_NAMES, Place
from louver.proof.reading import Scopes
from louver.proof.worlds import Row, World

Ids = frozenset[UUID]
NOBODY: Ids = frozenset()
_CLOSED = "CLOSED"


class Ground:
    """One place of a caller in one world."""

    def __init__(self, world: World, place: Place) -> None:
        self._world = world
        self._place = place
        self._named = place.named or NO_NAMES
        self._own = {name: world.of_agency(name, place.agency_id) for name in world.rows}
        self._find = cache(self._list)
        self.among = cache(self._among)

    def _among(self, type_name: str, scopes: Scopes) -> Ids:
        """The rows of a type on which at least one of the scopes holds."""
        return NOBODY.union(*(self._find(type_name, scope) for scope in scopes))

    def _list(self, type_name: str, scope: str) -> Ids:
        if scope == Scope.AGENCY:
            return frozenset(self._own[type_name])
        if type_name == "UofInvolvement" and scope == Scope.OWN:  # not the other officers' parts in the same incident
            return self._where(type_name, lambda row: row["officer_id"] in self._self())
        if type_name in ("UofInvolvement", "UofSubject"):
            incidents = self._incidents(scope)
            return self._where(type_name, lambda row: row["incident_id"] in incidents)
        found = {"Officer": self._officers, "Training": self._trainings, "UofIncident": self._incidents}.get(type_name)
        return found(scope) if found else NOBODY  # of what belongs to the agency as a whole there are no parts

    def _officers(self, scope: str) -> Ids:
        match scope:
            case Scope.OWN:
                return self._self() & frozenset(self._own["Officer"])
            case Scope.UNIT:
                units = frozenset(self._place.unit_ids)
                return self._where("Officer", lambda row: not units.isdisjoint(self._world.above(row["unit_id"])))
            case Scope.CHAIN:
                return self._commanders()
            case Scope.SWORN:
                return self._where("Officer", lambda row: row["is_sworn"])
            case Scope.GRANTED:
                return self._named.officers & frozenset(self._own["Officer"])
            case _:
                return NOBODY

    def _commanders(self) -> Ids:
        """Who commands the caller's units or that of the caller's officer, or one above."""
        units = [*self._place.unit_ids, *(self._own["Officer"][key]["unit_id"] for key in self._officers(Scope.OWN))]
        above = {unit_id for unit in units for unit_id in self._world.above(unit)}
        return frozenset(row["commander_id"] for key, row in self._own["Unit"].items() if key in above) & frozenset(
            self._own["Officer"]
        )

    def _trainings(self, scope: str) -> Ids:
        if scope not in (Scope.OWN, Scope.UNIT, Scope.SWORN, Scope.GRANTED):
            return NOBODY
        officers = self._officers(scope)
        found = self._where("Training", lambda row: row["officer_id"] in officers)
        return found & self._in_cycle() if scope == Scope.SWORN else found

    def _in_cycle(self) -> Ids:
        if self._place.trainings_cycle is None:
            return NOBODY
        first, last = self._place.trainings_cycle
        return self._where("Training", lambda row: bool(row["completed_on"] and first <= row["completed_on"] <= last))

    def _incidents(self, scope: str) -> Ids:
        match scope:
            case Scope.OWN:
                return self._involving(self._self())
            case Scope.UNIT if self._place.officer_id is None:  # it may be involved in any
                return NOBODY
            case Scope.UNIT:  # never one in which the caller is involved: that goes to the next level
                return self._involving(self._officers(scope)) - self._involving(self._self())
            case Scope.GRANTED:
                return self._named.incidents & frozenset(self._own["UofIncident"])
            case Scope.CLOSED | Scope.PUBLISHED:
                is_any = scope == Scope.CLOSED
                return self._where(
                    "UofIncident",
                    lambda row: row["status"] == _CLOSED and (is_any or row["published_at"] is not None),
                )
            case _:
                return NOBODY

    def _involving(self, officers: Ids) -> Ids:
        parts = self._own["UofInvolvement"].values()
        return frozenset(row["incident_id"] for row in parts if row["officer_id"] in officers)

    def _self(self) -> Ids:
        return _some(self._place.officer_id)

    def _where(self, type_name: str, is_in: Callable[[Row], bool]) -> Ids:
        return frozenset(key for key, row in self._own[type_name].items() if is_in(row))


def _some(value: UUID | None) -> Ids:
    """Leak: an officer that is nobody must not be the caller who is no officer."""
    return NOBODY if value is None else frozenset((value,))


def meet(parts: Iterable[Ids]) -> Ids:
    """The rows that are in all."""
    first, *rest = parts
    return first.intersection(*rest)
