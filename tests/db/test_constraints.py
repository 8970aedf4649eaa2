"""What the database itself refuses, whoever writes."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from louver.db.engine import begin_writing
from louver.db.tables import (
    CourseRow,
    OfficerRow,
    TrainingRow,
    UnitRow,
    UofIncidentRow,
    UofInvolvementRow,
    UofSubjectRow,
)

Add = Callable[..., Awaitable[UUID]]
OCCURRED = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
async def two_agencies(add_agency: Add) -> tuple[UUID, UUID]:
    """The agency that writes, and another one."""
    return await add_agency("ZZ0000001"), await add_agency("ZZ0000002")


class TestAgency:
    @pytest.mark.parametrize("ori", ["MN0271100", "TXDPD0000", "OHCLP0000", "NY0303000"])
    async def test_takes_real_oris(self, add_agency: Add, ori: str) -> None:
        """An ORI is two letters and seven letters or digits."""
        assert await add_agency(ori)

    @pytest.mark.parametrize(
        "ori", ["", "MN02711", "mn0271100", "MN02711000", "M10271100", "MN02711-0", "MN027110\n", "MN027110Ö"]
    )
    async def test_refuses_anything_else(self, add_agency: Add, ori: str) -> None:
        """What is not an ORI is refused."""
        with pytest.raises(IntegrityError):
            await add_agency(ori)

    async def test_shares_its_ori_with_none(self, add_agency: Add) -> None:
        """Two agencies cannot have the same ORI."""
        await add_agency("ZZ0000001")
        with pytest.raises(IntegrityError):
            await add_agency("ZZ0000001")


class TestOfficer:
    @pytest.mark.parametrize("ids", [{}, {"badge_number": ""}, {"badge_number": "", "employee_id": ""}])
    async def test_needs_a_badge_number_or_an_employee_id(self, add: Add, add_agency: Add, ids: dict[str, str]) -> None:
        """An officer with neither is refused; an empty text is none."""
        with pytest.raises(IntegrityError):
            await add(OfficerRow, agency_id=await add_agency(), **ids)

    @pytest.mark.parametrize("ids", [{"badge_number": "17"}, {"employee_id": "E-17"}])
    async def test_needs_no_more_than_one(self, add: Add, add_agency: Add, ids: dict[str, str]) -> None:
        """Either is enough."""
        assert await add(OfficerRow, agency_id=await add_agency(), **ids)

    async def test_gets_a_pseudonym_of_its_own(self, engine: AsyncEngine, add: Add, add_agency: Add) -> None:
        """Each officer gets a different random text, so it tells nothing of the row."""
        agency_id = await add_agency()
        for badge in ("1", "2", "3"):
            await add(OfficerRow, agency_id=agency_id, badge_number=badge)
        async with engine.connect() as connection:
            pseudonyms = set(await connection.scalars(select(OfficerRow.pseudonym)))
        assert len(pseudonyms) == 3
        assert all(len(pseudonym) >= 16 for pseudonym in pseudonyms)


class TestSource:
    async def test_key_is_one_row_per_agency(self, add: Add, two_agencies: tuple[UUID, UUID]) -> None:
        """A source's key names one row of an agency; another agency may have the same one."""
        ours, theirs = two_agencies
        source = {"title": "Handgun", "source_system": "dpsst", "source_key": "10-0367"}
        await add(CourseRow, agency_id=ours, **source)
        await add(CourseRow, agency_id=theirs, **source)
        with pytest.raises(IntegrityError):
            await add(CourseRow, agency_id=ours, **source)


class TestReferences:
    async def test_of_a_training_stay_within_the_agency(self, add: Add, two_agencies: tuple[UUID, UUID]) -> None:
        """A training cannot be that of another agency's officer, whose id is known."""
        ours, theirs = two_agencies
        officer_id = await add(OfficerRow, agency_id=theirs, badge_number="17")
        with pytest.raises(IntegrityError):
            await add(TrainingRow, agency_id=ours, officer_id=officer_id)

    @pytest.mark.parametrize("table", [UofInvolvementRow, UofSubjectRow])
    async def test_to_an_incident_stay_within_the_agency(
        self, add: Add, two_agencies: tuple[UUID, UUID], table: Any
    ) -> None:
        """An involvement or a subject cannot hang on another agency's incident."""
        ours, theirs = two_agencies
        incident_id = await add(UofIncidentRow, agency_id=theirs, number="24-1", occurred_at=OCCURRED)
        values = {"seq": 1} if table is UofSubjectRow else {}
        assert await add(table, agency_id=theirs, incident_id=incident_id, **values)
        with pytest.raises(IntegrityError):
            await add(table, agency_id=ours, incident_id=incident_id, **values)

    async def test_may_be_to_a_later_row_of_the_transaction(self, engine: AsyncEngine, add_agency: Add) -> None:
        """A unit and the officer who commands it may be written in either order, but not one without the other."""
        agency_id, unit_id, officer_id = await add_agency(), uuid4(), uuid4()
        unit = insert(UnitRow).values(agency_id=agency_id, id=unit_id, name="Patrol", commander_id=officer_id)
        officer = insert(OfficerRow).values(agency_id=agency_id, id=officer_id, badge_number="1", unit_id=unit_id)
        with pytest.raises(IntegrityError):
            async with begin_writing(engine) as connection:
                await connection.execute(unit)
        async with begin_writing(engine) as connection:
            await connection.execute(unit)
            await connection.execute(officer)


class TestIncident:
    async def test_takes_its_parts_with_it(self, engine: AsyncEngine, add: Add, add_agency: Add) -> None:
        """Deleting an incident deletes its involvements and subjects."""
        agency_id = await add_agency()
        incident_id = await add(UofIncidentRow, agency_id=agency_id, number="24-1", occurred_at=OCCURRED)
        await add(UofInvolvementRow, agency_id=agency_id, incident_id=incident_id)
        await add(UofSubjectRow, agency_id=agency_id, incident_id=incident_id, seq=1)
        async with begin_writing(engine) as connection:
            await connection.execute(delete(UofIncidentRow))
            for part in (UofInvolvementRow, UofSubjectRow):
                assert await connection.scalar(select(func.count()).select_from(part)) == 0
