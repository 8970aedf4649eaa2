"""The stored pairs of units say what a walk up the tree says."""

import random
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from louver.db.agencies import UnitClosureRow, UnitRow, rebuild_unit_closure
from louver.db.engine import begin_writing
from louver.errors import InvalidInputError

Add = Callable[..., Awaitable[UUID]]

Parents = dict[UUID, UUID | None]


def grow_tree(draw: random.Random, size: int) -> Parents:
    """Units in any order, each below an earlier one or at the top."""
    units = [uuid4() for _ in range(size)]
    return {unit: draw.choice([None, *units[:place]]) for place, unit in enumerate(units)}


def walk_up(parents: Parents, unit: UUID | None) -> list[UUID]:
    return [] if unit is None else [unit, *walk_up(parents, parents[unit])]


async def insert_units(engine: AsyncEngine, agency_id: UUID, parents: Parents) -> None:
    rows = [
        {"agency_id": agency_id, "id": unit, "name": str(unit), "parent_id": parent} for unit, parent in parents.items()
    ]
    random.Random(1).shuffle(rows)
    async with begin_writing(engine) as connection:
        await connection.execute(insert(UnitRow), rows)
        await rebuild_unit_closure(connection, agency_id)


async def read_pairs(engine: AsyncEngine, agency_id: UUID) -> set[tuple[UUID, UUID]]:
    async with engine.connect() as connection:
        pairs = select(UnitClosureRow.ancestor_id, UnitClosureRow.unit_id).where(UnitClosureRow.agency_id == agency_id)
        return {(above, below) for above, below in await connection.execute(pairs)}


class TestUnitClosure:
    @pytest.mark.parametrize("seed", range(4))
    async def test_equals_a_walk(self, engine: AsyncEngine, add_agency: Add, seed: int) -> None:
        """Each unit is paired with itself and with all that a walk up its parents meets, and with nothing else."""
        agency_id, parents = await add_agency(), grow_tree(random.Random(seed), size=40)
        await insert_units(engine, agency_id, parents)
        assert await read_pairs(engine, agency_id) == {
            (above, unit) for unit in parents for above in walk_up(parents, unit)
        }

    async def test_follows_a_move(self, engine: AsyncEngine, add_agency: Add) -> None:
        """After a unit moves, it and all below it leave the old ancestor."""
        agency_id, (patrol, shift, squad, detectives) = await add_agency(), [uuid4() for _ in range(4)]
        await insert_units(engine, agency_id, {patrol: None, shift: patrol, squad: shift, detectives: None})
        async with begin_writing(engine) as connection:
            await connection.execute(update(UnitRow).where(UnitRow.id == shift).values(parent_id=detectives))
            await rebuild_unit_closure(connection, agency_id)
        pairs = await read_pairs(engine, agency_id)
        assert {below for above, below in pairs if above == patrol} == {patrol}
        assert {below for above, below in pairs if above == detectives} == {detectives, shift, squad}

    async def test_leaves_other_agencies_alone(self, engine: AsyncEngine, add_agency: Add) -> None:
        """Writing one agency's pairs keeps another's, even where a unit has the same id in both."""
        first, second = await add_agency("ZZ0000001"), await add_agency("ZZ0000002")
        top, below = uuid4(), uuid4()
        await insert_units(engine, first, {top: None, below: top})
        await insert_units(engine, second, {top: None, below: None})
        assert await read_pairs(engine, first) == {(top, top), (below, below), (top, below)}
        assert await read_pairs(engine, second) == {(top, top), (below, below)}

    async def test_refuses_a_circle(self, engine: AsyncEngine, add_agency: Add) -> None:
        """Units above each other are refused, and nothing of the change stays."""
        agency_id, (first, second, third) = await add_agency(), [uuid4() for _ in range(3)]
        with pytest.raises(InvalidInputError, match="circle"):
            await insert_units(engine, agency_id, {first: third, second: first, third: second})
        assert await read_pairs(engine, agency_id) == set()
