"""§9.4: the agency answers for what is stored about a person; who asks the vendor, or has left, is referred to it."""

import pytest
from sqlalchemy import update

from louver.db.codes import PersonStatus
from louver.db.engine import begin_writing, create_engine
from louver.db.tables import PersonRow
from tests.policy.asking import changed, line, list_records
from tests.world.build import PATROL_OFFICER, ROWS, identify
from tests.world.policy import CELLS, fields_of
from tests.world.shown import RELATIONS, outside_id, render
from tests.world.sight import Sight
from tests.world.store import ROLES, key_of

REFERRAL = "AGENCY_ADMINISTRATOR"
ADMIN = "agency_admin"


async def close_account(url: str, holder: str, status: PersonStatus) -> None:
    """Do what an agency does when somebody leaves."""
    engine = create_engine(url)
    async with begin_writing(engine) as connection:
        is_it = PersonRow.id == identify("person", holder)
        await connection.execute(update(PersonRow).where(is_it).values(status=status))
    await engine.dispose()


async def test_9_4_who_has_left_is_referred(own_served, own_url, tmp_path):
    """A former officer who asks for the own record gets the way to the agency alone, and the log says who asked."""
    await close_account(own_url, "officer", PersonStatus.DEACTIVATED)
    response = await own_served.post(key_of("officer").text, "{ officers { nodes { lastName } } }")
    (error,) = response.json()["errors"]
    assert (response.status_code, "data" in response.json()) == (401, False)
    assert error["extensions"] == {
        "code": "UNAUTHENTICATED",
        "referral": REFERRAL,
        "hint": "ask your agency's administrator for what is stored about you",
    }
    record = (await list_records(tmp_path))[-1]
    assert (record["event"], record["reason"]) == ("auth.failed", "PERSON_DEACTIVATED")
    assert (record["agency_id"], record["on_behalf_of"]) == (
        identify("alder"),
        f"person_{identify('person', 'officer').hex}",
    )


@pytest.mark.parametrize("holder", ["support ungranted", "support expired"])
async def test_9_4_the_vendor_refers(own_served, world, tmp_path, holder):
    """Asked about a person, the vendor's support without a grant is referred at each denial, and it is logged."""
    officer = outside_id("Officer", world.of_agency("Officer", "alder")[0])
    query = f'{{ officer(id: "{officer}") {{ lastName }} trainings {{ totalCount }} }}'
    body = await own_served.ask(key_of(holder).text, query)
    assert body["data"] == {"officer": None, "trainings": None}
    assert {error["extensions"]["referral"] for error in body["errors"]} == {REFERRAL}
    told = await own_served.ask(key_of(holder).text, query, denied="extensions")
    assert {entry["referral"] for entry in told["extensions"]["access"]} == {REFERRAL}
    record = (await list_records(tmp_path))[-1]
    assert (record["event"], record["principal_kind"]) == ("access.denied", "support")


@pytest.mark.parametrize("role", [role for role in ROLES if role != "public_portal"])
async def test_9_4_nobody_of_the_agency_is_referred(served, role):
    """Who is of the agency, and support under its grant, is told of a denial as ever."""
    body = await served.ask(key_of(role).text, "{ officers { nodes { raceEthnicity } } }")
    assert not any("referral" in error["extensions"] for error in body.get("errors", ()))


LISTS = {"Training": "trainings", "UofInvolvement": "involvements"}
"""Where an officer's own rows hang on the officer."""


def select(type_name: str) -> str:
    """Select everything that is stored of a type and that the administrator sees."""
    fields = [
        f"{field} {{ id }}" if f"{type_name}.{field}" in RELATIONS else field
        for field in fields_of(type_name)
        if CELLS[f"{type_name}.{field}", ADMIN].letter in "VM"
    ]
    return f"id {' '.join(fields)}"


async def test_9_4_the_administrator_gathers_what_is_stored(own_served, world):
    """One operation gives an administrator all rows about one officer; the link to incidents is opened for it first."""
    opened = [line(ADMIN, "UofInvolvement.officer")]
    await changed(own_served, "publishPolicy", baseVersion=0, reason="asked what is stored", add=opened)
    officer = world.find("Officer", identify("alder", "officer", PATROL_OFFICER))
    lists = " ".join(f"{name}(first: 1000) {{ nodes {{ {select(of)} }} }}" for of, name in LISTS.items())
    query = f'{{ officer(id: "{outside_id("Officer", officer)}") {{ {select("Officer")} {lists} }} }}'
    body = await own_served.ask(key_of(ADMIN).text, query)
    assert "errors" not in body
    package, sight = body["data"]["officer"], Sight(world, ADMIN)
    stored = {"Officer": [officer]} | {
        name: [row for row in world.of_agency(name, "alder") if row["officer_id"] == officer["id"]] for name in LISTS
    }
    shown = {"Officer": [package]} | {name: package[path]["nodes"] for name, path in LISTS.items()}
    assert all(stored.values())
    for name, rows in stored.items():
        assert {node["id"] for node in shown[name]} == {outside_id(name, row) for row in rows}
        for row, node in ((row, node) for row in rows for node in shown[name] if node["id"] == outside_id(name, row)):
            for field in node.keys() & {field for field in fields_of(name) if f"{name}.{field}" not in RELATIONS}:
                assert (field, node[field]) == (field, render(sight.visible(f"{name}.{field}", row)))


def test_9_4_every_type_about_a_person_hangs_on_the_officer():
    """A type whose rows name an officer is part of what is gathered; one that is added has to be added to it."""
    assert {name for name, row in ROWS.items() if "officer_id" in row.__table__.c} == set(LISTS)
