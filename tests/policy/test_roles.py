"""An agency's own roles: made from a template, held, retired; and the administrator that has to be left."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update

from louver.db.access import ApiKeyRow, MembershipRow, PersonRow
from louver.db.codes import PersonStatus
from tests.policy.asking import change, changed, deny, line, list_records, look, refused
from tests.world.build import identify
from tests.world.store import key_of

EVERYTHING = "{ officers(first: 100) { nodes { id rank workPhone badgeNumber employeeId } totalCount } }"
ALDER = identify("alder")


@pytest.fixture
def hold(in_store):
    """Let the key of a holder carry another role."""

    async def hold(holder, role):
        async def change(connection):
            is_it = ApiKeyRow.id == identify("key", holder)
            await connection.execute(update(ApiKeyRow).where(is_it).values(role=role))

        await in_store(change)

    return hold


@pytest.fixture
def join(in_store):
    """Make a person a member of the agency."""

    async def join(*roles, status=PersonStatus.ACTIVE):
        person_id = uuid4()

        async def add(connection):
            person = {"id": person_id, "email": f"{person_id}@example.org", "name": "A", "status": status}
            await connection.execute(insert(PersonRow).values(person))
            member = {"agency_id": ALDER, "person_id": person_id, "roles": list(roles)}
            await connection.execute(insert(MembershipRow).values(member))

        await in_store(add)
        return f"person_{person_id.hex}"

    return join


async def make(server, name="shift_lead", template="supervisor", **order):
    return await changed(server, "createRole", name=name, template=template, reason="new shifts", **order)


async def ask(server, holder):
    body = await server.ask(key_of(holder).text, EVERYTHING)
    return body["data"], [error["extensions"]["code"] for error in body.get("errors", ())]


class TestMadeRoles:
    @pytest.mark.parametrize("template", ["supervisor", "chief", "auditor"])
    async def test_4_1_made_role_starts_as_its_template(self, own_served, hold, template):
        """Whoever holds a new role sees what whoever holds its template sees, row scope and masks included."""
        expected = await ask(own_served, template)
        made = await make(own_served, template=template, description="Leads a shift.")
        assert (made["template"], made["description"], made["retiredAt"]) == (template, "Leads a shift.", None)
        await hold(template, "shift_lead")
        assert await ask(own_served, template) == expected

    async def test_made_role_takes_the_agencys_own_lines_along(self, own_served, hold):
        """What the agency took from the template is not in the new role either."""
        await changed(own_served, "publishPolicy", baseVersion=0, reason="r", add=[deny("chief", "Officer.workPhone")])
        await make(own_served, template="chief")
        await hold("chief", "shift_lead")
        data, codes = await ask(own_served, "chief")
        assert codes == ["FIELD_DENIED"]
        assert {node["workPhone"] for node in data["officers"]["nodes"]} == {None}

    async def test_made_role_then_differs(self, own_served, hold):
        """A line about a made role changes nothing for its template."""
        await make(own_served, template="chief")
        await changed(own_served, "publishPolicy", baseVersion=1, reason="r", add=[deny("shift_lead", "Officer.rank")])
        assert (await ask(own_served, "chief"))[1] == []
        await hold("chief", "shift_lead")
        assert (await ask(own_served, "chief"))[1] == ["FIELD_DENIED"]

    async def test_4_1_ceilings_of_the_template_stay(self, own_served):
        """A role made from that of the public is under the ceilings of that role."""
        await make(own_served, template="public_portal")
        added = [line("shift_lead", "Officer.rank")]
        error = await refused(own_served, "publishPolicy", baseVersion=1, reason="r", add=added)
        assert error["reason"] == "CEILING"

    @pytest.mark.parametrize(
        ("order", "words"),
        [
            ({"name": "chief", "template": "hr"}, "is or was a role's"),
            ({"name": "Shift Lead", "template": "hr"}, "small letters"),
            ({"name": "helpers", "template": "support"}, "templates are"),
            ({"name": "friends", "template": "partner"}, "templates are"),
            ({"name": "helpers", "template": "nobody"}, "templates are"),
        ],
    )
    async def test_no_role(self, served, order, words):
        """A name that is taken or no name, and a template that is none, are refused with what to write."""
        error = await refused(served, "createRole", reason="r", **order)
        assert error["code"] == "BAD_REQUEST"
        assert words in f"{error['message']} {error['hint']}"
        assert await look(served, "policyVersions") == []


class TestRetiredRoles:
    async def test_4_1_retired_role_grants_nothing_at_once(self, own_served, hold, tmp_path):
        """Whoever still holds a retired role has nothing by it from the next request on."""
        await make(own_served, template="chief")
        await hold("chief", "shift_lead")
        assert (await ask(own_served, "chief"))[1] == []
        retired = await changed(own_served, "retireRole", name="shift_lead", reason="no shifts")
        assert retired["retiredBy"] == f"key {key_of('agency_admin').prefix}"
        assert (await ask(own_served, "chief"))[0] == {"officers": None}
        assert await look(own_served, "agencyRoles") == [retired]
        events = [record["event"] for record in await list_records(tmp_path)]
        assert events.count("role.changed") == 2

    async def test_name_is_not_given_out_again(self, own_served):
        """A retired role's name stays taken: somebody may still hold it."""
        await make(own_served)
        await changed(own_served, "retireRole", name="shift_lead", reason="r")
        error = await refused(own_served, "createRole", name="shift_lead", template="chief", reason="r")
        assert "is or was a role's" in error["message"]
        error = await refused(own_served, "retireRole", name="shift_lead", reason="r")
        assert "has retired it" in error["message"]

    async def test_stays_retired_when_its_time_comes_back(self, own_served):
        """To go back to a version from before a role was retired does not bring the role back."""
        await changed(own_served, "publishPolicy", baseVersion=0, reason="r", add=[deny("hr", "Officer.rank")])
        await make(own_served)
        await changed(own_served, "publishPolicy", baseVersion=2, reason="r", remove=[deny("hr", "Officer.rank")])
        await changed(own_served, "retireRole", name="shift_lead", reason="r")
        await changed(own_served, "revertPolicy", version=2, baseVersion=4, reason="r")
        assert await look(own_served, "policyLines") == [deny("hr", "Officer.rank")]


class TestAssignment:
    async def test_4_1_members_are_given_roles(self, own_served, join, in_store):
        """A member has exactly the roles that were assigned."""
        await make(own_served)
        person_id = await join("hr")
        given = await changed(own_served, "assignRoles", personId=person_id, roles=["shift_lead", "chief", "chief"])
        assert given["roles"] == ["shift_lead", "chief"]

        async def read(connection):
            return list(await connection.scalars(select(MembershipRow.roles)))

        assert await in_store(read) == [["shift_lead", "chief"]]

    @pytest.mark.parametrize("role", ["support", "partner", "shift_lead", "nobody"])
    async def test_no_role_to_give(self, own_served, join, role):
        """Roles that the agency has not, or that are not for members, are not given."""
        error = await refused(own_served, "assignRoles", personId=await join("hr"), roles=["chief", role])
        assert error["message"] == f"A member cannot be given '{role}'."

    async def test_strangers_are_not_there(self, served):
        """A person of another agency is answered as one who does not exist."""
        stranger = f"person_{identify('person', 'foreign chief').hex}"
        answers = [
            await refused(served, "assignRoles", personId=person_id, roles=["chief"])
            for person_id in (stranger, "person_" + "1" * 32, "someone")
        ]
        assert answers[0] == answers[1] == answers[2]


class TestLastAdministrator:
    @pytest.mark.parametrize("target", ["AgencyPolicy", "AgencyRole", "administration"])
    async def test_role_keeps_its_administration(self, served, target):
        """No line takes the administration of policy and roles from the role that is made for it."""
        added = [deny("agency_admin", target, "enter")]
        error = await refused(served, "publishPolicy", baseVersion=0, reason="r", add=added)
        assert (error["code"], error["reason"]) == ("ACCESS_DENIED", "LAST_ADMINISTRATOR")
        assert "AgencyPolicy" in error["hint"]

    async def test_last_member_keeps_the_role(self, own_served, join, hold):
        """The last member who may administer keeps a role for it, whatever others who may not come in hold."""
        last, other = await join("agency_admin"), await join("agency_admin")
        await join("agency_admin", status=PersonStatus.DEACTIVATED)
        await make(own_served, "deputy", "agency_admin")
        await hold("agency_admin", "deputy")
        await changed(own_served, "assignRoles", personId=other, roles=[])
        await changed(own_served, "assignRoles", personId=last, roles=["chief"])
        error = await refused(own_served, "retireRole", name="deputy", reason="r")
        assert (error["reason"], "first" in error["hint"]) == ("LAST_ADMINISTRATOR", True)
        await changed(own_served, "assignRoles", personId=other, roles=["agency_admin"])
        await changed(own_served, "retireRole", name="deputy", reason="r")

    async def test_two_at_once_cannot_take_each_others(self, own_served, join, in_store):
        """Of two members who are taken the administration at the same time one keeps it."""
        people = [await join("agency_admin"), await join("agency_admin")]

        async def lapse(connection):
            """Leave one key that may assign roles, and may not administer the policy."""
            await connection.execute(
                update(ApiKeyRow).where(ApiKeyRow.id == identify("key", "agency_admin")).values(scopes=["AgencyRole"])
            )

        await in_store(lapse)
        outcomes = await asyncio.gather(*(self._take(own_served, person_id) for person_id in people))
        assert sorted(outcomes) == ["LAST_ADMINISTRATOR", "taken"]

    async def _take(self, server, person_id):
        body = await change(server, "assignRoles", personId=person_id, roles=["chief"])
        return body["errors"][0]["extensions"]["reason"] if "errors" in body else "taken"

    async def test_union_counts(self, own_served, join, hold):
        """Who holds a second role that is denied the administration does not count as an administrator."""
        await join("agency_admin", "legal")
        await make(own_served, "deputy", "agency_admin")
        await hold("agency_admin", "deputy")
        added = [deny("legal", "AgencyPolicy", "enter"), deny("deputy", "AgencyPolicy", "enter")]
        error = await refused(own_served, "publishPolicy", baseVersion=1, reason="r", add=added)
        assert error["reason"] == "LAST_ADMINISTRATOR"
