"""The questions by name, asked over HTTP on both engines."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from louver.logging import Event, Outcome
from tests.asking.conftest import DAY, HOUR, NOW
from tests.world.store import HOLDERS, key_of

PERIOD = "$from: DateTime, $to: DateTime"
ACCESSES = f"""query($id: ID!, {PERIOD}) {{ accessesOfOfficer(officerId: $id, from: $from, to: $to)
    {{ at roles label keyPrefix purpose fields address }} }}"""
READS = f"""query($key: String, $person: ID, {PERIOD}) {{ auditReads(
    keyPrefix: $key, personId: $person, from: $from, to: $to) {{ agencyIds records rows denied officerCount officerIds
    incidentCount fields {{ coordinate operations }} addresses }} }}"""
DENIALS = f"""query({PERIOD}) {{ auditDenials(from: $from, to: $to)
    {{ reason coordinates keyPrefix times }} }}"""
UNUSUAL = f"""query({PERIOD}) {{ unusualAccess(from: $from, to: $to)
    {{ oddity principalId keyPrefix amount usual address }} }}"""
WEEKS = (
    "query($open: Boolean!) { auditWeeks(first: 60, isOpen: $open) { week records denials signedAt signedBy note } }"
)
SIGN = "mutation($input: SignOffAuditWeekInput!) { signOffAuditWeek(input: $input) { week signedBy note } }"
MIDWEEK = NOW - (33 * 7 + NOW.weekday() - 2) * DAY
"""A Wednesday, in whatever zone."""


def as_id(officer_id):
    return f"officer_{officer_id.hex}"


class TestAccessesOfOfficer:
    async def test_who_when_what_why(self, asking, officer_id):
        """Whoever opened an officer's record is told, with the fields and the purpose."""
        since = datetime.now(UTC)
        await asking.found("hr", 'query Look { officer(id: "%s") { rank } }' % as_id(officer_id))  # noqa: UP031
        (access,) = await asking.found("auditor", ACCESSES, id=as_id(officer_id), **{"from": since.isoformat()})
        told = {name: access[name] for name in ("roles", "keyPrefix", "purpose", "address")}
        assert told == {
            "roles": ["hr"], "keyPrefix": key_of("hr").prefix, "purpose": "tests", "address": "127.0.0.1"
        }  # fmt: skip
        assert {"Officer.rank", "Query.officer"} <= set(access["fields"])

    async def test_own(self, asking, officer_id):
        """An officer asks about the own record without any right, and is told roles and purpose, not names."""
        await asking.fill(NOW - 40 * DAY, officer_ids=officer_id.bytes)
        period = {"from": (NOW - 41 * DAY).isoformat(), "to": (NOW - 39 * DAY).isoformat()}
        (access,) = await asking.found("officer", ACCESSES, id=as_id(officer_id), **period)
        assert access == {
            "at": (NOW - 40 * DAY).isoformat(), "roles": ["chief"], "purpose": "tests", "fields": ["Officer.rank"],
            "label": None, "keyPrefix": None, "address": None,
        }  # fmt: skip

    async def test_several_agencies(self, asking, officer_id):
        """Who reads for several agencies is told to that of the officer, and to no other that it reads for."""
        ours = HOLDERS["auditor"].agency_id.bytes
        both = {"agency_id": None, "agency_ids": b"".join(sorted([ours, b"x" * 16]))}
        foreign = uuid4()
        await asking.fill(NOW - 50 * DAY, officer_ids=b"".join(sorted([officer_id.bytes, foreign.bytes])), caller=both)
        period = {"from": (NOW - 51 * DAY).isoformat(), "to": (NOW - 49 * DAY).isoformat()}
        counts = [
            len(await asking.found("auditor", ACCESSES, id=as_id(each), **period)) for each in (officer_id, foreign)
        ]
        assert counts == [1, 0]

    @pytest.mark.parametrize("holder", ["officer", "hr", "support", "supervisor"])
    async def test_others(self, asking, holder):
        """Nobody asks about another officer without the right; a colleague does not either."""
        body = await asking.ask(holder, ACCESSES, id=as_id(uuid4()))
        assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"

    async def test_twelve_months(self, asking):
        """What is twelve months old is not told by any question, whether or not it is asked for."""
        officer, person, old = uuid4(), uuid4(), NOW - 366 * DAY - HOUR
        caller = {"principal_id": person, "principal_kind": "person"}
        await asking.fill(old, officer_ids=officer.bytes, event=Event.ACCESS_DENIED, caller=caller)
        since = {"from": (old - 30 * DAY).isoformat()}
        assert await asking.found("auditor", ACCESSES, id=as_id(officer), **since) == []
        assert (await asking.found("auditor", READS, person=f"person_{person.hex}", **since))["records"] == 0
        until = {"to": (old + HOUR).isoformat()}
        assert await asking.found("auditor", DENIALS, **since, **until) == []
        assert await asking.found("auditor", UNUSUAL, **since, **until) == []

    async def test_foreign(self, asking, officer_id):
        """To another agency an officer of ours was never opened by anybody."""
        await asking.fill(NOW - DAY, officer_ids=officer_id.bytes)
        assert (await asking.ask("foreign chief", ACCESSES, id=as_id(officer_id)))["data"] == {"accessesOfOfficer": []}


class TestReads:
    async def test_key(self, asking):
        """What a key read is exact: operations, rows, officers and fields, and nothing of before or of others."""
        since = NOW - 20 * DAY
        key = key_of("scoped chief").prefix
        await asking.found("scoped chief", "{ officers(first: 3) { nodes { badgeNumber } } }")
        await asking.found("scoped chief", "{ officers(first: 2) { nodes { badgeNumber title } } }")
        found = await asking.found("auditor", READS, key=key, **{"from": since.isoformat()})
        counts = {each["coordinate"]: each["operations"] for each in found["fields"]}
        assert (found["records"], found["rows"], found["officerCount"]) == (2, 5, 3)
        assert (counts["Officer.badgeNumber"], counts["Officer.title"]) == (2, 1)
        assert (found["addresses"], len(found["agencyIds"])) == (["127.0.0.1"], 1)

    async def test_person(self, asking):
        """A person's reads are those by log-on, and none of anybody else."""
        person = uuid4()
        for caller in ({"principal_id": person, "principal_kind": "person"}, {}):
            await asking.fill(NOW - DAY, caller=caller, officer_ids=b"".join(sorted([b"a" * 16, b"b" * 16])), rows=2)
        found = await asking.found("auditor", READS, person=f"person_{person.hex}")
        assert (found["records"], found["rows"], found["officerCount"]) == (1, 2, 2)

    async def test_several_agencies(self, asking, officer_id):
        """Of what was read for several agencies each is told its own officers, and no amount that is all of theirs."""
        person, ours = uuid4(), HOLDERS["auditor"].agency_id.bytes
        caller = {"principal_id": person, "agency_id": None, "agency_ids": b"".join(sorted([ours, b"x" * 16]))}
        ids = b"".join(sorted([officer_id.bytes, b"o" * 16]))
        await asking.fill(NOW - DAY, caller=caller, officer_ids=ids, incident_ids=b"i" * 16, rows=7)
        found = await asking.found("auditor", READS, person=f"person_{person.hex}")
        assert (found["records"], found["rows"], found["incidentCount"]) == (1, 0, 0)
        assert found["officerIds"] == [as_id(officer_id)]

    async def test_foreign_key(self, asking):
        """A key of another agency's read nothing that is ours to know."""
        await asking.ask("foreign chief", "{ officers(first: 3) { nodes { badgeNumber } } }")
        found = await asking.found("auditor", READS, key=key_of("foreign chief").prefix)
        assert (found["records"], found["agencyIds"]) == (0, [])

    async def test_chief(self, asking):
        """The question names people, so it takes the right to see who it was."""
        body = await asking.ask("chief", READS, key="k")
        assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


class TestDenials:
    async def test_counted_together(self, asking):
        """Denials that cannot be told apart are counted together, with what was denied."""
        period = {"from": (NOW - 60 * DAY).isoformat(), "to": (NOW - 59 * DAY).isoformat()}
        denied = {"event": Event.ACCESS_DENIED, "outcome": Outcome.PARTIAL, "reason": "FIELD_DENIED"}
        denied["coordinates"] = {"returned": (), "denied": ("Officer.race",), "masked": (), "suppressed": ()}
        for _ in range(3):
            await asking.fill(NOW - 60 * DAY + HOUR, **denied)
        await asking.fill(NOW - 60 * DAY + HOUR)
        expected = {"reason": "FIELD_DENIED", "coordinates": ["Officer.race"], "times": 3}
        assert await asking.found("auditor", DENIALS, **period) == [expected | {"keyPrefix": "kABC"}]
        assert await asking.found("chief", DENIALS, **period) == [expected | {"keyPrefix": None}]


class TestUnusual:
    @pytest.fixture
    async def look(self, asking):
        """List what is unusual in one week of a year ago, of one key with four quiet weeks behind it."""
        number = int(uuid4()) % 90
        begin = datetime.combine(NOW.date(), datetime.min.time(), UTC) - timedelta(days=120 + 2 * number)
        key = {"principal_id": uuid4(), "key_prefix": uuid4().hex[:12]}
        for day in range(1, 20):
            await asking.fill(begin - day * DAY + 20 * HOUR, rows=40, caller=key)

        async def look(hour=20, holder="auditor", **fields):
            await asking.fill(begin + DAY + hour * HOUR, caller=key, **fields)
            period = {"from": begin.isoformat(), "to": (begin + 7 * DAY).isoformat()}
            found = await asking.found(holder, UNUSUAL, **period)
            return [odd for odd in found if odd["keyPrefix"] in (key["key_prefix"], None)]

        return look

    async def test_as_always(self, look):
        """Who does as always is not listed."""
        assert await look(rows=100) == []

    async def test_volume(self, look):
        """Three times the largest day of before, and more than a page, is listed with both."""
        (odd,) = await look(rows=121)
        assert (odd["oddity"], odd["amount"], odd["usual"]) == ("VOLUME", 121, 40)

    async def test_hours(self, look):
        """At night by the agency's clock, where there was never a night before."""
        (odd,) = await look(hour=9)  # three or four in the morning in Chicago
        assert (odd["oddity"], odd["amount"]) == ("HOURS", 1)

    async def test_address(self, look):
        """From an address that it never had."""
        (odd,) = await look(address="203.0.113.9")
        assert (odd["oddity"], odd["address"]) == ("ADDRESS", "203.0.113.9")

    async def test_unfinished(self, look):
        """What began and has no end on record is listed, and no more once its end is."""
        ended = uuid4()
        (odd,) = await look(event=Event.KEY_ISSUED, outcome=Outcome.BEGUN, details={"ended_by": str(ended)}, rows=500)
        assert (odd["oddity"], odd["amount"]) == ("UNFINISHED", 1)
        assert await look(event=Event.KEY_ISSUED, request_id=ended) == []


class TestWeeks:
    async def test_counted_once(self, asking):
        """What begins and what ends is one access, and one change."""

        async def count():
            weeks = await asking.found("auditor", "{ auditWeeks(first: 50) { week records } }")
            return sum(week["records"] for week in weeks)

        before = await count()
        for outcome in (Outcome.BEGUN, Outcome.ANSWERED):
            await asking.fill(MIDWEEK, event=Event.KEY_ISSUED, outcome=outcome)
        assert await count() == before + 1

    async def test_sign_off(self, asking):
        """A week that is over waits until it is signed off: once, with who, when and what was found."""
        await asking.fill(MIDWEEK, event=Event.ACCESS_DENIED)
        name = (MIDWEEK).isocalendar()
        week = f"{name[0]}-W{name[1]:02}"
        (waiting,) = [each for each in await asking.found("auditor", WEEKS, open=True) if each["week"] == week]
        assert (waiting["denials"] >= 1, waiting["signedAt"]) == (True, None)
        signed = await asking.found("auditor", SIGN, input={"week": week, "note": " all seen "})
        assert signed == {"week": week, "signedBy": f"key {key_of('auditor').prefix}", "note": "all seen"}
        assert week not in [each["week"] for each in await asking.found("auditor", WEEKS, open=True)]
        again = await asking.ask("agency_admin", SIGN, input={"week": week})
        assert again["errors"][0]["message"] == "That week is signed off already."
        query = '{ auditEvents(filter: {event: {eq: "audit.reviewed"}}) { nodes { keyPrefix } } }'
        events = (await asking.found("auditor", query))["nodes"]
        assert events[0]["keyPrefix"] == key_of("auditor").prefix

    @pytest.mark.parametrize(
        "week", ["2026-13", "2026-W99", "2999-W01", f"{NOW.isocalendar()[0]}-W{NOW.isocalendar()[1]:02}"]
    )
    async def test_not_to_be_signed(self, asking, week):
        """A week that is none, that is not over or that is years away is not signed off."""
        body = await asking.ask("auditor", SIGN, input={"week": week})
        assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"

    async def test_chief_reads(self, asking):
        """The chief sees the queue and signs nothing."""
        await asking.found("chief", WEEKS, open=False)
        body = await asking.ask("chief", SIGN, input={"week": "2026-W01"})
        assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
