"""`explainAccess`, `whoCanSee` and `accessMatrix`: answered to the administrator, about the policy in force."""

import csv
import io

import pytest

from louver.authz.explaining import Explainer
from louver.authz.facts import AgencyFacts
from tests.explaining.asking import EXPLANATION, ROOTS, ask, refused
from tests.holding import every_cell
from tests.policy.asking import changed, deny, line, list_records
from tests.world.build import identify
from tests.world.store import HOLDERS, ROLES, key_of

OTHERS = tuple(role for role in ROLES if role != "agency_admin")
HELD = [name for name, holder in HOLDERS.items() if holder.agency == "alder" and not name.startswith("expired")]
SELECTIONS = {
    "Officer.workPhone": "officers(first: 1) { nodes { id workPhone } }",
    "Officer.badgeNumber": "officers(first: 1) { nodes { id badgeNumber } }",
    "Training.score": "trainings(first: 1) { nodes { id score } }",
    "UofIncident.summary": "uofIncidents(first: 1) { nodes { id summary } }",
    "UofSubject": "uofSubjects(first: 1) { nodes { id } }",
}


async def publish(server):
    """Give the agency lines of its own."""
    lines = [
        deny("chief", "officer_contact"),
        line("auditor", "officer_badge"),
        line("hr", "Training.score", rows="unit"),
    ]
    return await changed(server, "publishPolicy", baseVersion=0, reason="tests", add=lines)


class TestExplainAccess:
    @pytest.mark.parametrize("role", ROLES)
    async def test_is_the_decision_of_the_policy_in_force(self, served, role):
        """For every role, the explanation is the library's own, version included."""
        explainer = Explainer(AgencyFacts(identify("alder")))
        for coordinate in ("Officer.firstName", "Training", "UofSubject.impaired", "UofIncident.id"):
            told = await ask(served, "explainAccess", f'(coordinate: "{coordinate}", role: "{role}")')
            wanted = explainer.explain([role], coordinate).as_dict()
            assert {name: told[name] for name in ("effect", "rows", "maskedRows", "reach", "mask", "reason")} == {
                name: wanted[name] for name in ("effect", "rows", "maskedRows", "reach", "mask", "reason")
            }
            assert (told["lines"], told["policyVersion"]) == (wanted["lines"], wanted["policyVersion"])

    async def test_names_the_agencys_own_line(self, own_served):
        """After a change, the line that decides is the agency's, and its administrator may change it."""
        await publish(own_served)
        told = await ask(own_served, "explainAccess", '(coordinate: "Officer.workPhone", role: "chief")')
        assert (told["effect"], told["reason"], told["decidedBy"]) == ("DENIED", "ROLE", "OVERLAY")
        own = f"p, chief, {identify('alder').hex}, officer_contact, view, agency, deny"
        assert (told["lines"], told["changedBy"]) == ([{"line": own, "layer": "OVERLAY"}], ["agency_admin"])
        viewer = await own_served.ask(key_of("agency_admin").text, "{ viewer { policyVersion } }")
        assert told["policyVersion"] == viewer["data"]["viewer"]["policyVersion"]

    async def test_of_a_role_set_and_of_other_actions(self, served):
        """Several roles are explained together, and entering and exporting as well as viewing."""
        both = await ask(served, "explainAccess", '(coordinate: "Officer.badgeNumber", role: ["officer", "auditor"])')
        assert (both["effect"], both["rows"], both["maskedRows"]) == ("VISIBLE", ["own"], ["agency"])
        arguments = '(coordinate: "AgencyPolicy", role: "agency_admin", action: "enter")'
        assert (await ask(served, "explainAccess", arguments))["effect"] == "ALLOWED"

    async def test_of_a_key(self, served):
        """A key is explained by its role and no more than its scopes."""
        prefix = key_of("scoped chief").prefix
        seen, closed = [
            await ask(served, "explainAccess", f'(coordinate: "{coordinate}", principal: "{prefix}")')
            for coordinate in ("Officer.badgeNumber", "Officer.workPhone")
        ]
        assert (seen["effect"], seen["roles"]) == ("VISIBLE", ["chief"])
        assert (closed["effect"], closed["reason"], closed["decidedBy"]) == ("DENIED", "KEY_SCOPE", "KEY")

    async def test_a_foreign_key_is_as_one_that_is_not_there(self, served):
        """Of keys of other agencies, and of expired ones, nothing is told."""
        told = [
            await refused(served, "explainAccess", f'(coordinate: "Officer.rank", principal: "{prefix}")')
            for prefix in (key_of("foreign chief").prefix, key_of("expired chief").prefix, "A" * 12)
        ]
        assert {error["code"] for error in told} == {"BAD_REQUEST"}
        assert len({error["hint"] for error in told}) == 1

    @pytest.mark.parametrize(
        "arguments",
        [
            '(coordinate: "Officer.ssn", role: "chief")',
            '(coordinate: "Officer.rank", role: "cheif")',
            '(coordinate: "Officer.rank", role: "chief", action: "read")',
            '(coordinate: "Officer.rank")',
            '(coordinate: "Officer.rank", role: "chief", principal: "K")',
        ],
    )
    async def test_a_question_that_makes_no_sense_is_refused(self, served, arguments):
        """What does not exist is told to the administrator as such, and not as a denial."""
        assert (await refused(served, "explainAccess", arguments))["code"] == "BAD_REQUEST"


class TestWhoCanSee:
    async def test_7_2_keys_that_can_see_are_those_that_get_it(self, own_served):
        """The keys that are named are exactly those that are answered when they ask, under the agency's own lines."""
        await publish(own_served)
        with every_cell() as cells:
            for coordinate, selection in SELECTIONS.items():
                with cells.of(coordinate):
                    bodies = {name: await own_served.ask(key_of(name).text, f"{{ {selection} }}") for name in HELD}
                    answered = {key_of(name).prefix for name, body in bodies.items() if "errors" not in body}
                    support = {key_of(name).prefix for name in HELD if HOLDERS[name].role == "support"}
                    assert await self.list_shown(own_served, coordinate) - (support - answered) == answered

    async def list_shown(self, server, coordinate):
        """The keys that are named as seeing it."""
        arguments, selection = f'(coordinate: "{coordinate}")', f"{{ holders {{ id access {EXPLANATION} }} }}"
        told = await ask(server, "whoCanSee", arguments, selection)
        return {each["id"] for each in told["holders"] if each["access"]["effect"] in ("VISIBLE", "MASKED")}

    async def test_support_is_marked(self, served):
        """Vendor support is named with what it would see, marked as needing a grant."""
        told = await ask(
            served, "whoCanSee", '(coordinate: "Course.title")', "{ holders { id kind label needsGrant } }"
        )
        marked = {each["label"] for each in told["holders"] if each["needsGrant"]}
        assert marked == {name for name in HELD if HOLDERS[name].role == "support"}

    async def test_roles_that_cannot_are_left_out(self, served):
        """Only roles with an effect are named, with effect and rows."""
        told = await ask(served, "whoCanSee", '(coordinate: "UofSubject.sex")', "{ roles { roles effect rows } }")
        assert {(each["roles"][0], each["effect"], *each["rows"]) for each in told["roles"]} == {
            ("agency_admin", "MASKED", "agency"),
            ("chief", "VISIBLE", "agency"),
            ("supervisor", "VISIBLE", "unit"),
            ("officer", "VISIBLE", "own"),
            ("uof_reviewer", "VISIBLE", "agency"),
            ("legal", "VISIBLE", "agency"),
            ("auditor", "AGGREGATE", "closed"),
            ("public_portal", "AGGREGATE", "published"),
        }


class TestMatrix:
    async def test_has_the_agencys_own_lines(self, own_served):
        """A cell reads as the agency has it, beside what it is by default; no other cell is changed."""
        await publish(own_served)
        selection = "{ roles csv rows { coordinate cells { role reads defaultReads } } }"
        told = await ask(own_served, "accessMatrix", "", selection)
        changed_cells = {
            (row["coordinate"], cell["role"], cell["reads"])
            for row in told["rows"]
            for cell in row["cells"]
            if cell["reads"] != cell["defaultReads"]
        }
        assert changed_cells == {
            ("Officer.workEmail", "chief", "DENIED ROLE"),
            ("Officer.workPhone", "chief", "DENIED ROLE"),
            ("Officer.badgeNumber", "auditor", "VISIBLE agency"),
            ("Training.score", "hr", "VISIBLE unit"),
        }
        table = {row["coordinate"]: row for row in csv.DictReader(io.StringIO(told["csv"]))}
        assert table["Officer.workPhone"]["chief"] == "DENIED ROLE"
        assert len(table) == len(told["rows"])

    async def test_of_one_type_and_one_role(self, served):
        """A part of it can be asked for."""
        told = await ask(
            served, "accessMatrix", '(type: "Course", role: "hr")', "{ rows { coordinate cells { role } } }"
        )
        assert {row["coordinate"].partition(".")[0] for row in told["rows"]} == {"Course"}
        assert {cell["role"] for row in told["rows"] for cell in row["cells"]} == {"hr"}


class TestAdministratorOnly:
    @pytest.mark.parametrize("role", OTHERS)
    @pytest.mark.parametrize("root", ROOTS)
    async def test_everybody_else_is_refused(self, served, role, root):
        """The rule itself is shown to nobody but the administrator."""
        body = await served.ask(key_of(role).text, f"{{ {root}{ROOTS[root]} }}")
        (error,) = body["errors"]
        assert (body["data"], error["extensions"]["code"]) == ({root: None}, "ACCESS_DENIED")
        assert "p, " not in str(body)

    @pytest.mark.parametrize("root", ROOTS)
    async def test_hidden_where_denials_are_hidden(self, served, root):
        """To who hides denials, the root is as one that does not exist, and introspection does not know it."""
        key = key_of("hr").text
        real, made_up = [
            await served.ask(key, f"{{ {name} {{ id }} }}", denied="hide") for name in (root, "z" * len(root))
        ]
        assert str(real).replace(root, "z" * len(root)) == str(made_up)
        listed = await served.ask(key, '{ __type(name: "Query") { fields { name } } }')
        assert root not in {field["name"] for field in listed["data"]["__type"]["fields"]}

    async def test_another_agency_is_refused(self, served):
        """An administrator asks about the own agency; another one is as one that is not there."""
        told = [
            await refused(
                served, "whoCanSee", f'(coordinate: "Officer.rank", agencyId: "agency_{hexadecimal}")', "{ coordinate }"
            )
            for hexadecimal in (identify("birch").hex, "0" * 32)
        ]
        assert told[0] == told[1]
        assert told[0]["code"] == "BAD_REQUEST"

    async def test_it_is_recorded(self, own_served, tmp_path):
        """Who reads the policy leaves a record of it, and so does who may not."""
        for role in ("agency_admin", "chief"):
            await own_served.ask(key_of(role).text, f"{{ whoCanSee{ROOTS['whoCanSee']} }}")
        answered, denied = await list_records(tmp_path)
        assert (answered["event"], answered["coordinates"]["returned"]) == ("access.query", ["AgencyPolicy"])
        assert (denied["event"], denied["coordinates"]["denied"]) == ("access.denied", ["AgencyPolicy"])
