"""Every join keeps to one agency, so that a query is answered where the agency's rows are."""

import pytest

from tests.access.asking import DIMENSIONS, groups_query, list_query
from tests.db.test_distribution import DISTRIBUTED
from tests.resolvers.joined import find_strangers
from tests.resolvers.standard import STANDARD
from tests.resolvers.test_sql import HOURS, POINT, ROSTER, VARIABLES
from tests.world.build import ROWS, identify
from tests.world.store import key_of

TABLES = {table.name for table in DISTRIBUTED} | {"agencies"}
ASKED = [
    ROSTER, HOURS, POINT, *map(list_query, ROWS), *STANDARD.values(),
    *(f"{{ {groups_query(*dimension)} }}" for dimension in DIMENSIONS if dimension[1] in {"UNIT", "COURSE", "OFFICER"}),
]  # fmt: skip


def test_strangers_are_seen():
    """A table without a condition on its agency is found, and so is one whose condition holds for some rows only."""
    source = "officers AS officers_1 LEFT OUTER JOIN units AS units_1 ON {} \nWHERE officers_1.agency_id = $1::UUID"
    joins = {
        "units_1.id = officers_1.unit_id": {"units_1"},
        "(units_1.agency_id = $1::UUID OR units_1.name = $2)": {"units_1"},
        "officers_1.agency_id = units_1.agency_id AND units_1.id = officers_1.unit_id": set(),
    }
    assert joins == {join: find_strangers(f"SELECT 1 \nFROM {source.format(join)}", TABLES) for join in joins}


@pytest.mark.parametrize("role", ["chief", "supervisor", "officer", "post_auditor", "support", "public_portal"])
@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_agency_in_every_join(served, role):
    """Each table in each statement is held to the caller's agency, by itself or by what it is joined to."""
    variables = {**VARIABLES, "agency": f"agency_{identify('alder').hex}", "officer": f"officer_{'0' * 32}"}
    with served.recording() as statements:
        for query in ASKED:
            await served.ask(key_of(role).text, query, variables)
    assert statements
    assert {(sent, alias) for sent in statements for alias in find_strangers(sent, TABLES)} == set()
