"""Vendor support: no row without a grant of the agency's, only its fields under one, and nothing once it has ended."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from louver.db.access import ApiKeyRow, SupportGrantRow
from tests.policy.asking import change, changed, list_records, look, refused
from tests.world.build import identify
from tests.world.store import ROLES, key_of

ENGINEER = "support ungranted"
RANKS = "{ officers(first: 2) { nodes { id rank badgeNumber } } uofIncidents(first: 1) { nodes { number } } }"
HOUR = timedelta(hours=1)


def moment(offset=timedelta()):
    return (datetime.now(UTC) + offset).isoformat()


async def ask(server, query=RANKS):
    """Ask as the engineer: which coordinates came, and the codes of those that did not."""
    body = await server.ask(key_of(ENGINEER).text, query)
    denied = {error["extensions"].get("coordinate"): error["extensions"]["code"] for error in body.get("errors", ())}
    return body.get("data"), denied


async def grant(server, **order):
    return await changed(server, "grantSupport", ticket="T-900", reason="import is stuck", **order)


async def move(in_store, granted, **columns):
    """Move a grant in time."""
    grant_id = UUID(granted["id"].removeprefix("supportgrant_"))

    async def work(connection):
        await connection.execute(update(SupportGrantRow).where(SupportGrantRow.id == grant_id).values(columns))

    await in_store(work)


class TestGrants:
    async def test_3_2_no_row_without_a_grant(self, own_served):
        """Support without a grant sees no row of any type."""
        for plural in ("agencies", "units", "officers", "courses", "trainings", "uofIncidents"):
            data, denied = await ask(own_served, f"{{ {plural} {{ nodes {{ id }} }} {plural}Aggregate {{ count }} }}")
            assert data == {plural: None, f"{plural}Aggregate": None}
            assert set(denied.values()) <= {"FIELD_DENIED", "MODULE_NOT_SUBSCRIBED"}

    async def test_3_2_only_granted_fields(self, own_served):
        """Under a grant support sees what it names and its own role has, and no more."""
        granted = await grant(own_served, fields=["Officer.rank", "officer_employee_id"])
        assert (granted["state"], granted["includesUof"], granted["isApprovalAwaited"]) == ("live", False, False)
        data, denied = await ask(own_served)
        assert denied == {"Officer.badgeNumber": "FIELD_DENIED", "Query.uofIncidents": "MODULE_NOT_SUBSCRIBED"}
        assert all(node["rank"] is not None or node["badgeNumber"] is None for node in data["officers"]["nodes"])
        assert (await ask(own_served, "{ officers(first: 1) { nodes { employeeId } } }"))[1] == {
            "Officer.employeeId": "FIELD_DENIED"
        }
        assert (await ask(own_served, "{ trainings { nodes { id } } }"))[1] == {"Query.trainings": "FIELD_DENIED"}

    async def test_3_2_fields_of_several_grants(self, own_served):
        """Several grants open what each of them opens; use of force only as far as the grant that names it."""
        await grant(own_served, fields=["Officer.rank"])
        force = await grant(own_served, fields=["UofIncident.number"], includesUof=True)
        await changed(own_served, "approveSupportGrant", "chief", grantId=force["id"])
        data, denied = await ask(own_served)
        assert set(denied) == {"Officer.badgeNumber"}
        assert data["uofIncidents"]["nodes"]
        await grant(own_served)
        query = "{ officers(first: 1) { nodes { badgeNumber } } uofIncidents(first: 1) { nodes { number level } } }"
        assert set((await ask(own_served, query))[1]) == {"UofIncident.level"}

    async def test_3_2_nothing_after_its_time(self, own_served, in_store):
        """Before its begin and after its end a grant opens nothing."""
        granted = await grant(own_served, endsAt=moment(HOUR))
        assert (await ask(own_served))[0]["officers"]["nodes"]
        now = datetime.now(UTC)
        await move(in_store, granted, ends_at=now - timedelta(seconds=1))
        assert (await ask(own_served))[0]["officers"] is None
        await move(in_store, granted, ends_at=now + 2 * HOUR, starts_at=now + HOUR)
        assert (await ask(own_served))[0]["officers"] is None

    async def test_3_2_revoked_at_once(self, own_served):
        """A revoked grant opens nothing from the next request on, and cannot be revived."""
        granted = await grant(own_served)
        revoked = await changed(own_served, "revokeSupportGrant", grantId=granted["id"])
        assert (revoked["state"], revoked["revokedBy"]) == ("revoked", f"key {key_of('agency_admin').prefix}")
        assert (await ask(own_served))[0] == {"officers": None, "uofIncidents": None}
        assert await changed(own_served, "revokeSupportGrant", grantId=granted["id"]) == revoked

    async def test_3_2_one_engineer(self, own_served):
        """A grant to one engineer opens nothing to another."""
        other = f"person_{identify('person', 'support expired').hex}"
        await grant(own_served, engineerId=other)
        assert (await ask(own_served))[0]["officers"] is None
        body = await own_served.ask(key_of("support expired").text, RANKS)
        assert body["data"]["officers"]["nodes"]

    async def test_3_2_read_only(self, own_served):
        """Under the widest grant support changes nothing."""
        await grant(own_served)
        for name, order in (
            ("grantSupport", {"ticket": "T", "reason": "more"}),
            ("retireRole", {"name": "x", "reason": "r"}),
        ):
            body = await change(own_served, name, ENGINEER, **order)
            assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"

    async def test_3_2_other_agency_is_closed(self, own_served):
        """A grant of one agency opens nothing of another's, and nobody there can end it."""
        await changed(own_served, "grantSupport", ticket="T", reason="r", agencyId=f"agency_{identify('alder').hex}")
        body = await own_served.ask(
            key_of(ENGINEER).text, f'{{ agency(id: "agency_{identify("birch").hex}") {{ name }} }}'
        )
        assert body["data"]["agency"] is None
        granted = (await look(own_served, "supportGrants"))[0]
        error = await refused(own_served, "revokeSupportGrant", "cancelled admin", grantId=granted["id"])
        assert error["code"] == "SUBSCRIPTION_ENDED"


class TestSecondApproval:
    async def test_3_2_force_needs_a_second_person(self, own_served):
        """Use of force opens only when somebody else than who granted it has approved."""
        granted = await grant(own_served, includesUof=True)
        assert (granted["includesUof"], granted["isApprovalAwaited"]) == (False, True)
        assert (await ask(own_served))[1] == {"Query.uofIncidents": "MODULE_NOT_SUBSCRIBED"}
        error = await refused(own_served, "approveSupportGrant", grantId=granted["id"])
        assert (error["code"], "two people" in error["message"]) == ("ACCESS_DENIED", True)
        approved = await changed(own_served, "approveSupportGrant", "chief", grantId=granted["id"])
        assert (approved["includesUof"], approved["approvedBy"]) == (True, f"key {key_of('chief').prefix}")
        data, denied = await ask(own_served)
        assert (bool(data["uofIncidents"]["nodes"]), denied) == (True, {})

    async def test_one_person_with_two_keys(self, own_served, in_store):
        """Somebody with the keys of two roles is one person."""

        async def lend(connection):
            is_chief = ApiKeyRow.id == identify("key", "chief")
            person_id = identify("person", "agency_admin")
            await connection.execute(update(ApiKeyRow).where(is_chief).values(person_id=person_id))

        await in_store(lend)
        granted = await grant(own_served, includesUof=True)
        error = await refused(own_served, "approveSupportGrant", "chief", grantId=granted["id"])
        assert error["code"] == "ACCESS_DENIED"

    async def test_nothing_to_approve(self, own_served):
        """What does not ask for use of force, or has ended, is not approved."""
        plain = await grant(own_served)
        ended = await grant(own_served, includesUof=True)
        await changed(own_served, "revokeSupportGrant", grantId=ended["id"])
        for granted in (plain, ended):
            error = await refused(own_served, "approveSupportGrant", "chief", grantId=granted["id"])
            assert error["code"] == "BAD_REQUEST"


class TestRefused:
    @pytest.mark.parametrize(
        ("order", "words"),
        [
            ({"ticket": " "}, "ticket is blank"),
            ({"reason": ""}, "reason is blank"),
            ({"startsAt": timedelta(), "endsAt": timedelta(days=14, minutes=1)}, "14 days at most"),
            ({"endsAt": -HOUR}, "end before it begins"),
            ({"startsAt": -HOUR}, "in the past"),
            ({"endsAt": "2099-01-01T00:00:00"}, "time zone"),
            ({"startsAt": "9999-12-31T23:59:59Z"}, "out of range"),
            ({"endsAt": "0001-01-01T00:00:00+14:00"}, "out of range"),
            ({"fields": ["Officer.ssn", "SupportGrant"]}, "called Officer.ssn, SupportGrant"),
            ({"fields": []}, "list of fields is empty"),
            ({"fields": ["UofIncident.number"]}, "use of force is not asked for"),
            ({"engineerId": f"person_{identify('person', 'chief').hex}"}, "No engineer"),
        ],
    )
    async def test_3_2_no_grant_without_ticket_reason_and_end(self, served, order, words):
        """A grant that says too little, or opens too much or too long, is refused with what to write."""
        timed = {name: moment(each) if isinstance(each, timedelta) else each for name, each in order.items()}
        error = await refused(served, "grantSupport", **({"ticket": "T", "reason": "r"} | timed))
        assert error["code"] == "BAD_REQUEST"
        assert words in error["message"]
        assert [each for each in await look(served, "supportGrants") if each["ticket"] == "T"] == []


class TestSeen:
    async def test_3_2_agency_sees_grants_and_what_was_looked_at(self, own_served, tmp_path):
        """The agency lists its grants, and its log tells who of support looked at what, for which ticket."""
        granted = await grant(own_served, fields=["Officer.rank"])
        await ask(own_served)
        await changed(own_served, "revokeSupportGrant", grantId=granted["id"])
        for role in ("agency_admin", "chief", "legal", "auditor"):
            assert granted["id"] in {each["id"] for each in await look(own_served, "supportGrants", role)}
        records = {record["event"]: record for record in await list_records(tmp_path)}
        seen = records["access.denied"]
        assert (seen["principal_kind"], seen["purpose"], seen["agency_id"]) == (
            "support", "support ticket T-900", identify("alder"),
        )  # fmt: skip
        assert "Officer.rank" in seen["coordinates"]["returned"]
        assert seen["on_behalf_of"] == f"person_{identify('person', ENGINEER).hex}"
        assert {"support.granted", "support.revoked"} <= set(records)

    async def test_others_grants_are_not_listed(self, own_served):
        """An agency's list holds its own grants alone."""
        await grant(own_served)
        assert {each["ticket"] for each in await look(own_served, "supportGrants", "cancelled admin")} == set()


@contextlib.contextmanager
def held(server):
    """Hold every answer that has read officers, until it is let go."""
    reader, fetch = server.service.reader, server.service.reader.fetch
    has_read, may_go = asyncio.Event(), asyncio.Event()

    async def hold(sql, parameters=()):
        rows = await fetch(sql, parameters)
        if "FROM officers" in sql:
            has_read.set()
            await may_go.wait()
        return rows

    reader.fetch = hold
    try:
        yield has_read, may_go
    finally:
        del reader.fetch


class TestInFlight:
    async def test_3_2_revoked_while_under_way(self, own_served, tmp_path):
        """What was read under a grant does not leave once the grant is revoked, and the log says why."""
        granted = await grant(own_served)
        with held(own_served) as (has_read, may_go):
            pending = asyncio.create_task(own_served.ask(key_of(ENGINEER).text, RANKS))
            await has_read.wait()
            await changed(own_served, "revokeSupportGrant", grantId=granted["id"])
            may_go.set()
            body = await pending
        assert set(body) == {"errors"}
        assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
        assert body["errors"][0]["message"] == "The grant that this was read under has ended."
        last = (await list_records(tmp_path))[-2:]
        assert {(record["event"], record["outcome"]) for record in last} == {
            ("support.revoked", "answered"), ("access.denied", "refused"),
        }  # fmt: skip

    async def test_3_2_over_while_under_way(self, own_served, in_store):
        """What was read under a grant does not leave once its time is over."""
        granted = await grant(own_served)
        with held(own_served) as (has_read, may_go):
            pending = asyncio.create_task(own_served.ask(key_of(ENGINEER).text, RANKS))
            await has_read.wait()
            await move(in_store, granted, ends_at=datetime.now(UTC))
            may_go.set()
            assert "data" not in await pending

    async def test_only_support_pays(self, own_served):
        """The second look costs support one statement, and nobody else any."""
        await grant(own_served)
        query = "{ officers(first: 1) { nodes { rank } } }"
        spent = {}
        for holder in (ENGINEER, *ROLES[:3]):
            await own_served.ask(key_of(holder).text, query)
            before = own_served.service.reader.statements
            await own_served.ask(key_of(holder).text, query)
            spent[holder] = own_served.service.reader.statements - before
        assert spent == {ENGINEER: 3, **dict.fromkeys(ROLES[:3], 2)}


async def test_store_keeps_who_granted(own_served, in_store):
    """The store names the principal and the person behind each grant."""
    await grant(own_served)

    async def read(connection):
        row = SupportGrantRow
        query = select(row.granted_by_id, row.granted_by_person_id).where(row.ticket == "T-900")
        return [tuple(each) for each in await connection.execute(query)]

    expected = (identify("key", "agency_admin"), identify("person", "agency_admin"))
    assert await in_store(read) == [expected]
