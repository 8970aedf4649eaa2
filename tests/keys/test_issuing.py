"""Partner keys: issued by the agency's administrator, for a part of a template's rights, and for nothing more."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from louver.authz.keys import matches, parse_key
from louver.db.engine import create_engine
from louver.db.tables import ApiKeyRow
from tests.keys.conftest import ORDER
from tests.policy.asking import KEY, change, changed, list_records, refused
from tests.world.build import identify
from tests.world.store import key_of

OFFICERS = "{ officers(first: 3) { totalCount nodes { badgeNumber rank } } }"
PERSONAL = "{ officers(first: 3) { nodes { badgeNumber lastName } } uofIncidents(first: 1) { totalCount } }"


def codes(body):
    return {(each["extensions"]["coordinate"], each["extensions"]["reason"]) for each in body["errors"]}


class TestIssued:
    async def test_4_2_sees_its_scopes_and_no_more(self, desk):
        """A partner gets what it was issued for, as its template gets it; all else of the template is denied to it."""
        key = (await desk.issue())["secret"]
        asked, template = [await desk.ask(each, OFFICERS) for each in (key, key_of("chief").text)]
        assert asked == template
        denied = await desk.ask(key, PERSONAL)
        assert codes(denied) == {("Officer.lastName", "KEY_SCOPE"), ("Query.uofIncidents", "KEY_SCOPE")}

    async def test_4_2_shown_once(self, desk, caplog):
        """The secret is in the one answer: not in the store, the log, a list, or a line that is printed."""
        with caplog.at_level("DEBUG"):
            issued = await desk.issue()
            await desk.ask(issued["secret"], OFFICERS)
            listed = await desk.ask(key_of("agency_admin").text, f"{{ apiKeys {KEY} }}")
        secret = issued["secret"].split("_")[2]
        engine = create_engine(desk.url)
        async with engine.connect() as connection:
            rows = (await connection.execute(ApiKeyRow.__table__.select())).mappings().all()
        await engine.dispose()
        stored = next(row for row in rows if row["prefix"] == issued["key"]["prefix"])
        assert matches(parse_key(issued["secret"]), stored["secret_hash"])
        assert secret not in f"{rows}{listed}{await list_records(desk.folder)}{caplog.text}"

    async def test_4_2_recorded(self, desk):
        """The record of the act says who did it and which key it was about."""
        issued = await desk.issue()
        record = (await list_records(desk.folder))[-1]
        assert (record["event"], record["outcome"], record["key_prefix"]) == (
            "key.issued", "answered", key_of("agency_admin").prefix,
        )  # fmt: skip
        assert f"ApiKey/{issued['key']['prefix']}" in record["coordinates"]["returned"]

    async def test_4_2_a_partner_never_enters(self, desk):
        """Whatever its template may enter or administer, introspection shows a partner no mutation at all."""
        key = (await desk.issue(scopes=[{"names": ["*"]}]))["secret"]
        found = await desk.ask(key, "{ __schema { mutationType { name } } viewer { memberships { roles } } }")
        assert found["data"]["__schema"] == {"mutationType": None}
        assert found["data"]["viewer"]["memberships"] == [{"roles": ["chief", "partner"]}]
        body = await desk.ask(key, 'mutation { revokeKey(input: {prefix: "x"}) { prefix } }')
        assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"

    async def test_in_house_key_administers_nothing(self, desk):
        """A key that an administrator issues in the house has all records of its role, and none of its duties."""
        key = (await desk.issue(isPartner=False, scopes=None))["secret"]
        query = "{ officers(first: 3) { nodes { lastName } } }"
        assert await desk.ask(key, query) == await desk.ask(key_of("chief").text, query)
        body = await desk.ask(key, "{ supportGrants { id } }")
        assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"

    async def test_counts_only(self, desk):
        """With the verb view_aggregate a partner gets the numbers, and not one row."""
        key = (await desk.issue(scopes=[{"names": ["Officer.rank"], "verbs": ["view_aggregate"]}]))["secret"]
        counted = "{ officersAggregate(groupBy: [RANK]) { count groups { key { rank } count } } }"
        assert (await desk.ask(key, counted))["data"]["officersAggregate"]["count"] > 0
        rows = await desk.ask(key, "{ officers { totalCount nodes { rank } } }")
        assert rows["data"] == {"officers": None}


class TestRefused:
    @pytest.mark.parametrize(
        ("order", "words"),
        [
            ({"days": 367}, "from 1 to 366 days"),
            ({"days": 0}, "from 1 to 366 days"),
            ({"purpose": " "}, "purpose is blank"),
            ({"role": "sheriff"}, "no key can be issued for a role 'sheriff'"),
            ({"role": "support"}, "cannot be made from 'support'"),
            ({"role": "partner"}, "cannot be made from 'partner'"),
            ({"role": "agency_admin"}, "cannot be made from 'agency_admin'"),
            ({"role": "support", "isPartner": False}, "no key can be issued for a role 'support'"),
            ({"scopes": None}, "needs scopes"),
            ({"scopes": [{"names": ["Officer.shoeSize"]}]}, "nothing called 'Officer.shoeSize'"),
            ({"scopes": [{"names": ["Officer.*"], "verbs": ["peek"]}]}, "verbs are enter, export, view"),
            ({"scopes": [{"names": ["Officer.*"], "verbs": []}]}, "verbs are enter, export, view"),
            ({"scopes": [{"names": ["Officer.*"], "verbs": ["enter"]}]}, "never enters"),
            ({"scopes": [{"names": ["ApiKey"]}]}, "No key is issued for ApiKey"),
            ({"scopes": [{"names": ["administration"]}], "isPartner": False}, "No key is issued for administration"),
            ({"allowedAddresses": ["10.0.0.1/8"]}, "host bits set"),
            ({"allowedAddresses": ["0.0.0.0/0"]}, "every address"),
            ({"allowedAddresses": ["the office"]}, "write 192.0.2.0/24"),
            ({"allowedAddresses": ["10.0.0.1"] * 51}, "50 networks at most"),
            ({"ratePerMinute": 0}, "from 1 to"),
            ({"costPerMinute": 2_000_000_000}, "from 1 to"),
            ({"deniedMode": "shout"}, "errors, extensions, hide, reject"),
            ({"safelist": "perhaps"}, "block, log, off, warn"),
            ({"role": "supervisor"}, "unitIds"),
            ({"unitIds": ["unit_" + "1" * 32]}, "no such unit"),
            ({"unitIds": [f"unit_{identify('birch', 'unit', 'patrol').hex}"]}, "no such unit"),
            ({"officerId": "officer_" + "1" * 32}, "no such officer"),
        ],
    )
    async def test_4_2_senseless_or_too_far(self, served, order, words):
        """What makes no sense, or goes further than an agency can give, is refused with what to change."""
        error = await refused(served, "issueKey", **{**ORDER, **order})
        assert words in f"{error['message']} {error['hint']}"
        assert error["code"] in {"BAD_REQUEST", "ACCESS_DENIED"}

    async def test_made_from_a_supervisor(self, desk):
        """A role that the agency made of supervisors needs their unit and officer too."""
        await changed(desk, "createRole", name="shift_lead", template="supervisor", reason="r")
        error = await refused(desk, "issueKey", **ORDER | {"role": "shift_lead"})
        assert "shift_lead sees its units' records" in error["message"]

    async def test_3_4_for_another_agency(self, served):
        """An administrator issues no key for another agency, which is answered as one that is not there."""
        answers = [
            await refused(served, "issueKey", **ORDER, agencyId=agency)
            for agency in (f"agency_{identify('birch').hex}", "agency_" + "2" * 32)
        ]
        assert answers[0] == answers[1]
        assert answers[0]["code"] in {"ACCESS_DENIED", "BAD_REQUEST"}

    async def test_no_more_than_the_issuer_was_issued_for(self, own_desk):
        """A key that was issued for keys and for officers alone issues keys for officers, and rotates no wider one."""
        is_it = ApiKeyRow.id == identify("key", "agency_admin")
        wide = await changed(own_desk, "issueKey", **ORDER | {"scopes": [{"names": ["UofIncident.*"]}]})
        await own_desk.write(update(ApiKeyRow).where(is_it).values(scopes=["ApiKey", "Officer.*:view"]))
        assert (await changed(own_desk, "issueKey", **ORDER))["secret"]
        for scopes in ([{"names": ["Officer.*"]}], [{"names": ["Training.*"], "verbs": ["view"]}]):
            error = await refused(own_desk, "issueKey", **ORDER | {"scopes": scopes})
            assert (error["code"], error["reason"]) == ("ACCESS_DENIED", "KEY_SCOPE")
        error = await refused(own_desk, "rotateKey", prefix=wide["key"]["prefix"])
        assert error["reason"] == "KEY_SCOPE"

    async def test_echoes_no_bulk(self, served):
        """An error repeats little of what was sent."""
        body = await change(served, "issueKey", **ORDER | {"scopes": [{"names": ["x" * 9000]}]})
        assert len(str(body)) < 1500


class TestListed:
    async def test_newest_first_page_by_page(self, desk):
        """The administrator and the auditor page through the agency's keys, the newest first; nobody else does."""
        made = [(await desk.issue(label=str(number)))["key"]["prefix"] for number in range(3)]
        query = "query Keys($before: String) { apiKeys(first: 2, before: $before) { prefix state } }"
        for role in ("agency_admin", "auditor"):
            first = (await desk.ask(key_of(role).text, query))["data"]["apiKeys"]
            second = (await desk.ask(key_of(role).text, query, {"before": made[1]}))["data"]["apiKeys"]
            assert [each["prefix"] for each in [*first, *second]][:3] == made[::-1]
        body = await desk.ask(key_of("hr").text, query)
        assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"

    async def test_3_4_of_the_own_agency_alone(self, served):
        """No key of another agency is listed."""
        query = f"{{ apiKeys(first: 100) {KEY} }}"
        listed = (await served.ask(key_of("agency_admin").text, query))["data"]["apiKeys"]
        assert key_of("chief").prefix in {each["prefix"] for each in listed}
        assert key_of("foreign chief").prefix not in str(listed)

    async def test_expiry(self, desk):
        """A key ends after the days that were ordered."""
        issued = (await desk.issue(days=366))["key"]
        made, ends = (datetime.fromisoformat(issued[name]) for name in ("createdAt", "expiresAt"))
        assert (ends - made, abs(datetime.now(UTC) - made) < timedelta(minutes=5)) == (timedelta(days=366), True)
        assert re.fullmatch(r"[0-9A-Za-z]{12}", issued["prefix"])
