"""An agency's own policy: changed, kept in versions, taken back, and refused where it is wrong."""

import asyncio
from typing import Any

import pytest

from tests.policy.asking import (
    INPUTS,
    ORDERS,
    QUERIES,
    as_mutation,
    change,
    changed,
    deny,
    line,
    list_records,
    look,
    refused,
)
from tests.server import JSON
from tests.world.build import identify
from tests.world.store import ROLES, key_of

PHONES = "{ officers(first: 3) { nodes { id workPhone } } }"
OTHERS = tuple(role for role in ROLES if role != "agency_admin")
READERS = {
    "supportGrants": {"chief", "legal", "auditor"},
    "storedOperations": {"auditor"},
    "auditHolds": {"legal", "auditor"},
    "auditRetention": {"legal", "auditor"},
    "auditDenials": {"chief", "auditor"},
    "unusualAccess": {"chief", "auditor"},
    "auditWeeks": {"chief", "auditor"},
}
"""Who reads beside the administrator."""
SHARED = {("approveSupportGrant", "chief"), ("signOffAuditWeek", "auditor")}
"""What somebody else may do, too."""


async def sees_phones(server: Any, holder: str) -> bool:
    """Ask for telephone numbers; whether any came."""
    body: JSON = await server.ask(key_of(holder).text, PHONES)
    return any(node["workPhone"] is not None for node in body["data"]["officers"]["nodes"])


class TestFlip:
    async def test_4_1_flip_takes_effect_at_once(self, two_processes, tmp_path):
        """A field flipped for a role is gone, and back, with the next request of every process; elsewhere it stays."""
        writer = two_processes[0]
        for version in range(6):
            is_hidden = version % 2 == 1
            if version:
                lines = {"add" if is_hidden else "remove": [deny("chief", "Officer.workPhone")]}
                await changed(writer, "publishPolicy", baseVersion=version - 1, reason=f"flip {version}", **lines)
            seen = [await sees_phones(process, "chief") for process in two_processes]
            assert seen == [not is_hidden, not is_hidden]
            assert await sees_phones(two_processes[1], "foreign chief")
        records = [record for record in await list_records(tmp_path) if record["event"] == "policy.changed"]
        assert len(records) == 5
        assert {(record["agency_id"], record["outcome"]) for record in records} == {(identify("alder"), "answered")}

    async def test_4_1_flip_says_what_it_did(self, own_served):
        """A version tells who, why, the difference, and how the matrix reads now."""
        added = [deny("chief", "officer_contact"), line("records_clerk", "Officer.employeeId", "view_masked")]
        made = await changed(own_served, "publishPolicy", baseVersion=0, reason="less contact", add=added)
        assert (made["version"], made["baseVersion"], made["reason"], made["removed"]) == (1, 0, "less contact", [])
        assert made["by"] == f"key {key_of('agency_admin').prefix}"
        assert sorted(each["object"] for each in made["added"]) == ["Officer.employeeId", "officer_contact"]
        assert made["effects"] == [
            {"coordinate": "Officer.workEmail", "role": "chief", "before": "V", "after": "D"},
            {"coordinate": "Officer.workPhone", "role": "chief", "before": "V", "after": "D"},
            {"coordinate": "Officer.employeeId", "role": "records_clerk", "before": "V", "after": "V M"},
        ]
        assert await look(own_served, "policyVersions") == [made]

    async def test_5_3_view_enter_and_export_are_apart(self, own_served):
        """The right to enter or export a field is given and told by itself, and shows nobody the field."""
        added = [line("hr", "UofIncident.summary", "enter"), line("hr", "UofIncident.summary", "export")]
        made = await changed(own_served, "publishPolicy", baseVersion=0, reason="r", add=added)
        assert made["effects"] == [{"coordinate": "UofIncident.summary", "role": "hr", "before": "D", "after": "E X"}]
        body = await own_served.ask(key_of("hr").text, "{ uofIncidents { nodes { summary } } }")
        assert body["data"]["uofIncidents"] is None

    async def test_10_1_everything_can_be_taken_from_a_role(self, own_served):
        """An administrator who denies a role everything leaves it nothing."""
        added = [deny("chief", "*", act) for act in ("view", "view_masked", "view_aggregate")]
        await changed(own_served, "publishPolicy", baseVersion=0, reason="r", add=added)
        body = await own_served.ask(key_of("chief").text, "{ officers { nodes { id } } courses { nodes { id } } }")
        assert body["data"] == {"officers": None, "courses": None}

    async def test_whole_set(self, own_served):
        """All lines can be sent anew; what is missing among them is removed."""
        first = [deny("chief", "Officer.workPhone"), deny("hr", "Officer.rank")]
        await changed(own_served, "publishPolicy", baseVersion=0, reason="r", lines=first)
        made = await changed(own_served, "publishPolicy", baseVersion=1, reason="r", lines=first[1:])
        assert (made["added"], made["removed"]) == ([], first[:1])
        assert await look(own_served, "policyLines") == first[1:]
        assert await look(own_served, "policyLines", arguments="(version: 1)") == first


class TestRevert:
    async def test_4_1_any_earlier_version_can_be_restored(self, own_served):
        """The lines of an earlier version hold again, as a version of their own; none is lost."""
        await changed(own_served, "publishPolicy", baseVersion=0, reason="a", add=[deny("chief", "Officer.workPhone")])
        await changed(own_served, "publishPolicy", baseVersion=1, reason="b", add=[deny("chief", "Officer.rank")])
        made = await changed(own_served, "revertPolicy", version=1, baseVersion=2, reason="back")
        assert (made["version"], made["restoredVersion"], made["added"]) == (3, 1, [])
        assert made["removed"] == [deny("chief", "Officer.rank")]
        assert not await sees_phones(own_served, "chief")
        made = await changed(own_served, "revertPolicy", version=0, baseVersion=3, reason="all the way")
        assert await sees_phones(own_served, "chief")
        assert [each["version"] for each in await look(own_served, "policyVersions")] == [4, 3, 2, 1]
        assert [
            each["version"] for each in await look(own_served, "policyVersions", arguments="(first: 1, before: 3)")
        ] == [2]

    @pytest.mark.parametrize("version", [-1, 1, 7])
    async def test_no_such_version(self, own_served, version):
        """What is not earlier cannot be restored."""
        await changed(own_served, "publishPolicy", baseVersion=0, reason="a", add=[deny("chief", "Officer.rank")])
        error = await refused(own_served, "revertPolicy", version=version, baseVersion=1, reason="r")
        assert (error["code"], error["hint"]) == ("BAD_REQUEST", "choose from 0, the defaults alone, to 0")


class TestRefused:
    @pytest.mark.parametrize(
        ("added", "ceiling"),
        [
            (line("public_portal", "Officer.rank"), "p, public_portal, *, Officer.*, view, agency, deny"),
            (line("public_portal", "*", "view_masked"), "p, public_portal, *, Officer.*, view_masked, agency, deny"),
            (line("support", "officer_title", "enter"), "p, support, *, *, enter, agency, deny"),
            (line("support", "Training.*", "export"), "p, support, *, *, export, agency, deny"),
            (line("support", "SupportGrant", "enter"), "p, support, *, administration, enter, agency, deny"),
        ],
        ids=lambda value: value if isinstance(value, str) else value["role"],
    )
    async def test_4_1_ceilings_stay(self, served, added, ceiling):
        """A line that would lift a ceiling is refused, and the answer says which ceiling."""
        error = await refused(served, "publishPolicy", baseVersion=0, reason="r", add=[added])
        assert (error["code"], error["reason"]) == ("ACCESS_DENIED", "CEILING")
        assert ceiling in {hit["ceiling"] for hit in error["ceilings"]}
        assert await look(served, "policyVersions") == []

    async def test_all_faults_at_once(self, served):
        """Unknown names are told all at once, each with what there is instead."""
        added = [
            line("chief", "Officer.ssn"),
            line("cheif", "Officer.rank"),
            line("chief", "Officer.rank", "peek"),
            line("chief", "Officer.rank", rows="world"),
            line("chief", "Officer.rank", rows="unit", effect="deny"),
            line("partner", "Officer.rank"),
        ]
        error = await refused(served, "publishPolicy", baseVersion=0, reason="r", add=added)
        assert error["code"] == "BAD_REQUEST"
        words = [
            "'Officer.ssn'",
            "no role 'cheif': the agency's are",
            "not one of view,",
            "not one of agency,",
            "all rows",
        ]
        assert [word for word in [*words, "grant to the template role"] if word not in error["message"]] == []
        assert "field group" in error["hint"]
        assert await look(served, "policyLines") == []

    @pytest.mark.parametrize(
        ("order", "words"),
        [
            ({"reason": " ", "add": [line("hr", "Officer.rank")]}, "reason is blank"),
            ({"reason": "r"}, "Nothing would change"),
            ({"reason": "r", "remove": [line("hr", "Officer.rank")]}, "no such line: p, hr,"),
            ({"reason": "r", "lines": [], "add": [line("hr", "Officer.rank")]}, "either one or the other"),
        ],
    )
    async def test_no_change(self, served, order, words):
        """A change without a reason, without a difference, or at odds with itself is refused with what to do."""
        error = await refused(served, "publishPolicy", baseVersion=0, **order)
        assert error["code"] == "BAD_REQUEST"
        assert words in f"{error['message']} {error['hint']}"

    async def test_one_of_two_at_once(self, own_served):
        """Of two changes made on the same version one is refused, and told what to look at."""
        orders = [[deny("chief", "Officer.workPhone")], [deny("chief", "Officer.rank")]]
        bodies = await asyncio.gather(
            *(change(own_served, "publishPolicy", baseVersion=0, reason="r", add=added) for added in orders)
        )
        (error,) = [body["errors"][0] for body in bodies if "errors" in body]
        assert error["extensions"]["currentVersion"] == 1
        assert "send it again with baseVersion 1" in error["extensions"]["hint"]
        assert [each["version"] for each in await look(own_served, "policyVersions")] == [1]

    async def test_several_changes_in_one_operation(self, served):
        """One operation is one change: each has an access record of its own."""
        one = 'createRole(input: {name: "aa", template: "hr", reason: "r"}) { name }'
        for selection in (f"a: {one} b: {one}", f"... on Mutation {{ {one} }}"):
            body = await served.ask(key_of("agency_admin").text, f"mutation {{ {selection} }}")
            assert body["errors"][0]["message"] == "A mutation is one change at a time."
        assert await look(served, "agencyRoles") == []


class TestWhoMay:
    @pytest.mark.parametrize("name", INPUTS)
    async def test_7_2_only_administrators_change(self, served, name):
        """Nobody but an administrator changes access; a chief approves what support sees of force, an auditor signs."""
        for role in OTHERS:
            if (name, role) not in SHARED:
                error = await refused(served, name, role, **ORDERS[name])
                assert (role, error["code"]) == (role, "ACCESS_DENIED")

    @pytest.mark.parametrize("name", QUERIES)
    async def test_7_2_only_administrators_read(self, served, name):
        """Nobody but an administrator reads the rules; some read what is open by them, or held."""
        readers = READERS.get(name, set())
        for role in set(OTHERS) - readers:
            body = await served.ask(key_of(role).text, f"{{ {name} {QUERIES[name]} }}")
            assert (body["data"], body["errors"][0]["extensions"]["code"]) == ({name: None}, "ACCESS_DENIED")
        for role in readers:
            await look(served, name, role)

    async def test_6_2_nothing_is_changed_after_the_end(self, served):
        """The administrator of a cancelled agency reads, and changes nothing."""
        error = await refused(served, "publishPolicy", "cancelled admin", **ORDERS["publishPolicy"])
        assert (error["code"], error["reason"]) == ("SUBSCRIPTION_ENDED", "SUBSCRIPTION")
        assert await look(served, "policyVersions", "cancelled admin") == []

    async def test_3_2_other_agencies_are_not_there(self, served):
        """An administrator who names another agency is answered as one who names none that exists."""
        answers = [
            await refused(served, "publishPolicy", agencyId=agency, **ORDERS["publishPolicy"])
            for agency in (f"agency_{identify('birch').hex}", "agency_" + "2" * 32, "birch")
        ]
        assert answers[0] == answers[1] == answers[2]
        assert answers[0]["code"] == "BAD_REQUEST"

    async def test_refusals_are_recorded(self, own_served, tmp_path):
        """A change that somebody may not make is in the log as denied, with what it was about."""
        await refused(own_served, "publishPolicy", "chief", **ORDERS["publishPolicy"])
        record = (await list_records(tmp_path))[-1]
        assert (record["event"], record["outcome"], record["reason"]) == ("access.denied", "refused", "ACCESS_DENIED")
        assert record["coordinates"]["denied"] == ["AgencyPolicy"]

    async def test_nothing_is_changed_unrecorded(self, own_served):
        """Without a log there is no change."""
        await own_served.service.store.close()
        response = await own_served.post(
            key_of("agency_admin").text, as_mutation("publishPolicy"), {"input": ORDERS["publishPolicy"]}
        )
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (503, "AUDIT_UNAVAILABLE")
        assert own_served.service.keeper.loads == 0
        rows = await own_served.service.reader.fetch("SELECT count(*) FROM policy_versions")
        assert [tuple(row) for row in rows] == [(0,)]

    async def test_mutations_are_shown_to_those_who_may(self, served):
        """Introspection shows an administrator what may be changed, and nobody else that anything can be."""
        query = "{ __schema { mutationType { fields { name } } types { name } } }"
        for role in ROLES:
            found = (await served.ask(key_of(role).text, query))["data"]["__schema"]
            fields = found["mutationType"] and {field["name"] for field in found["mutationType"]["fields"]}
            expected = {"agency_admin": set(INPUTS)}.get(role) or {name for name, who in SHARED if who == role} or None
            assert (role, fields) == (role, expected)
            assert ("PolicyVersion" in {each["name"] for each in found["types"]}) == (role == "agency_admin")

    async def test_hidden_as_what_does_not_exist(self, served):
        """To those from whom denials are hidden, a change that they may not make is a word that was made up."""
        made_up, hidden = [
            await served.ask(key_of("chief").text, f"mutation {{ {name}(input: {{}}) {{ x }} }}", denied="hide")
            for name in ("mendPolicy", "createRole")
        ]
        assert str(hidden).replace("createRole", "mendPolicy") == str(made_up)


async def test_refusals_are_not_logged_in_words(served, caplog):
    """What somebody sent, and was refused for, stands in no log line."""
    with caplog.at_level("DEBUG"):
        await refused(served, "createRole", name="Whitcombe-4711", template="hr", reason="r")
        await refused(served, "publishPolicy", "chief", **ORDERS["publishPolicy"])
    assert "4711" not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("strawberry")]
