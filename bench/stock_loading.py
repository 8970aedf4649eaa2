"""How the peer fetches: a session for each statement, and aiodataloader so that a level costs one."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from aiodataloader import DataLoader
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from stock_models import CourseModel, OfficerModel, TrainingModel, open_session


async def list_rows(query: Select[Any]) -> Sequence[Any]:
    """Run one SELECT of entities."""
    async with open_session() as session:
        return (await session.scalars(query)).all()


async def find_officer(agency: UUID, officer: UUID) -> OfficerModel | None:
    """Find one by its key."""
    async with open_session() as session:
        return await session.get(OfficerModel, (agency, officer))


async def list_officers(agency: UUID, first: int) -> Sequence[OfficerModel]:
    """Return the first page."""
    query = select(OfficerModel).where(OfficerModel.agency_id == agency)
    return await list_rows(query.order_by(OfficerModel.id).limit(first))


class Loaders:
    """One set a request."""

    def __init__(self, agency: UUID) -> None:
        self._agency = agency
        self._trainings: dict[int, DataLoader[UUID, list[TrainingModel]]] = {}
        self.courses: DataLoader[UUID, CourseModel | None] = DataLoader(self._list_courses)

    def trainings(self, first: int) -> DataLoader[UUID, list[TrainingModel]]:
        """The loader of so many trainings an officer."""
        if first not in self._trainings:

            async def load(officers: list[UUID]) -> list[list[TrainingModel]]:
                return await self._list_trainings(officers, first)

            self._trainings[first] = DataLoader(load)
        return self._trainings[first]

    async def _list_courses(self, ids: list[UUID]) -> list[CourseModel | None]:
        rows = await list_rows(
            select(CourseModel).where(CourseModel.agency_id == self._agency, CourseModel.id.in_(ids))
        )
        found = {row.id: row for row in rows}
        return [found.get(course) for course in ids]

    async def _list_trainings(self, officers: list[UUID], first: int) -> list[list[TrainingModel]]:
        place = func.row_number().over(partition_by=TrainingModel.officer_id, order_by=TrainingModel.id)
        ranked = (
            select(TrainingModel, place.label("place"))
            .where(TrainingModel.agency_id == self._agency, TrainingModel.officer_id.in_(officers))
            .subquery()
        )
        training = aliased(TrainingModel, ranked)
        rows = await list_rows(select(training).where(ranked.c.place <= first).order_by(training.id))
        grouped: defaultdict[UUID, list[TrainingModel]] = defaultdict(list)
        for row in rows:
            grouped[row.officer_id].append(row)
        return [grouped[officer] for officer in officers]
