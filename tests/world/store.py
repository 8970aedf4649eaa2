"""Puts the world into a database, with a key for every role."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.keys import IssuedKey, issue_key
from louver.db.agencies import rebuild_unit_closure
from louver.db.engine import begin_writing, create_engine
from louver.db.tables import ApiKeyRow, PersonRow, SupportGrantRow
from tests.world.build import PATROL_OFFICER, ROWS, SERGEANT, UNDERCOVER, World, identify
from tests.world.fill import Row

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
CYCLE = date(2022, 7, 1), date(2024, 6, 30)
"""The training cycle that is granted to the state's auditor."""
FAR_AHEAD = datetime(2120, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a key: the role in an agency, with the unit and officer that it stands for."""

    agency: str
    role: str
    unit: str | None = None
    officer: int | None = None
    grant: str | None = None
    """For vendor support: `live`, `uof` (live, and naming use of force), `expired`, or none at all."""
    scopes: tuple[str, ...] | None = None
    cycle: tuple[date, date] | None = None
    """For the state's auditor: the first and the last day of the training cycle that was granted."""
    expires_at: datetime = FAR_AHEAD

    @property
    def agency_id(self) -> UUID:
        """The agency's id."""
        return identify(self.agency)

    @property
    def unit_id(self) -> UUID | None:
        """The unit's id, if it stands for one."""
        return identify(self.agency, "unit", self.unit) if self.unit else None

    @property
    def officer_id(self) -> UUID | None:
        """The officer's id, if it is one."""
        return None if self.officer is None else identify(self.agency, "officer", self.officer)


PLAIN_ROLES = [
    "agency_admin",
    "chief",
    "training_coordinator",
    "uof_reviewer",
    "records_clerk",
    "hr",
    "legal",
    "auditor",
    "public_portal",
]
HOLDERS: dict[str, Holder] = {
    **{role: Holder("alder", role) for role in PLAIN_ROLES},
    "supervisor": Holder("alder", "supervisor", unit="patrol", officer=SERGEANT),
    "officer": Holder("alder", "officer", officer=PATROL_OFFICER),
    "support": Holder("alder", "support", grant="uof"),
    "post_auditor": Holder("alder", "post_auditor", cycle=CYCLE),
    "undercover": Holder("alder", "officer", officer=UNDERCOVER),
    "support without uof": Holder("alder", "support", grant="live"),
    "support expired": Holder("alder", "support", grant="expired"),
    "support ungranted": Holder("alder", "support", grant=None),
    "scoped chief": Holder("alder", "chief", scopes=("Officer.badgeNumber", "officer_title", "Training.*")),
    "expired chief": Holder("alder", "chief", expires_at=LONG_AGO),
    "foreign chief": Holder("birch", "chief"),
    "chief without uof": Holder("cedar", "chief"),
    "public without uof": Holder("cedar", "public_portal"),
    "cancelled admin": Holder("dogwood", "agency_admin"),
    "cancelled chief": Holder("dogwood", "chief"),
}
ROLES = tuple(list(HOLDERS)[:13])
"""The thirteen roles, under whose names their keys in the agency with every module stand."""
GRANTS = {
    "live": {"includes_uof": False, "ends_at": FAR_AHEAD},
    "uof": {"includes_uof": True, "ends_at": FAR_AHEAD},
    "expired": {"includes_uof": True, "ends_at": datetime.now(UTC) - timedelta(minutes=1)},
}


@cache
def key_of(name: str) -> IssuedKey:
    """The key of a holder, made once a run."""
    del name
    return issue_key()


async def store_world(url: str, world: World) -> None:
    """Insert everything into a migrated database."""
    engine = create_engine(url)
    async with begin_writing(engine) as connection:
        for type_name, row in ROWS.items():
            await connection.execute(insert(row.__table__), world.rows[type_name])
        for agency in world.rows["Agency"]:
            await rebuild_unit_closure(connection, agency["id"])
        await _store_keys(connection)
        await connection.execute(text("ANALYZE"))  # as autovacuum does before long: plans without statistics are slow
    await engine.dispose()


async def _store_keys(connection: AsyncConnection) -> None:
    for name, holder in HOLDERS.items():
        person_id = identify("person", name)
        person: Row = {"id": person_id, "email": f"{person_id}@example.org", "name": name}
        await connection.execute(insert(PersonRow), [person])
        if holder.grant is not None:
            await connection.execute(insert(SupportGrantRow), [_grant(name, holder, person_id)])
        await connection.execute(insert(ApiKeyRow), [_key(name, holder, person_id)])


def _grant(name: str, holder: Holder, person_id: UUID) -> dict[str, Any]:
    return {
        "agency_id": holder.agency_id,
        "person_id": person_id,
        "ticket": f"T-{name}",
        "reason": "asked for",
        "starts_at": LONG_AGO,
        "granted_by": "the administrator",
        **GRANTS[holder.grant or ""],
    }


def _key(name: str, holder: Holder, person_id: UUID) -> dict[str, Any]:
    key = key_of(name)
    return {
        "agency_id": holder.agency_id,
        "id": identify("key", name),
        "prefix": key.prefix,
        "secret_hash": key.secret_hash,
        "label": name,
        "role": holder.role,
        "scopes": holder.scopes and list(holder.scopes),
        "purpose": "tests",
        "person_id": person_id,
        "unit_id": holder.unit_id,
        "officer_id": holder.officer_id,
        "trainings_from": holder.cycle and holder.cycle[0],
        "trainings_to": holder.cycle and holder.cycle[1],
        "created_at": LONG_AGO,
        "expires_at": holder.expires_at,
    }
