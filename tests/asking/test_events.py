"""`auditEvents`: access records under the policy, asked over HTTP on both engines."""

import pytest

from louver.logging import Event
from tests.asking.conftest import DAY, HOUR, NOW
from tests.world.store import HOLDERS, key_of

EVENTS = """query Events($filter: AuditEventFilter, $orderBy: [AuditEventOrder!], $first: Int, $after: String,
    $last: Int, $before: String) { auditEvents(filter: $filter, orderBy: $orderBy, first: $first, after: $after,
    last: $last, before: $before) { nodes { operationName } pageInfo { endCursor startCursor hasNextPage
    hasPreviousPage } } }"""
TOTAL = "query($filter: AuditEventFilter) { auditEvents(first: 0, filter: $filter) { totalCount } }"
NAMES = ("Alpha", "Bravo", "Delta", "Gamma")


async def fill_named(asking):
    """Store four records, the first the oldest."""
    for number, name in enumerate(NAMES):
        roles = ("chief", "hr") if number % 2 else ("legal",)
        await asking.fill(NOW - (9 - number) * DAY, operation_name=name, rows=number, caller={"roles": roles})


async def names(asking, holder="auditor", **variables):
    """List the names of the operations on one page, of those that were stored here."""
    variables["filter"] = {"documentHash": {"eq": asking.tag}, "and": [variables.get("filter", {})]}
    page = await asking.found(holder, EVENTS, **variables)
    return [node["operationName"] for node in page["nodes"]], page["pageInfo"]


class TestPage:
    async def test_oldest_first(self, asking):
        """Without an order the oldest record comes first, so that pages stay while the log grows; `last` is newest."""
        await fill_named(asking)
        assert (await names(asking))[0] == list(NAMES)
        assert (await names(asking, last=2))[0] == list(NAMES[-2:])

    async def test_forward_and_backward(self, asking):
        """Pages of one list are the whole list, in either direction, without a gap or a double."""
        await fill_named(asking)
        order = [{"field": "ROWS"}]
        first, info = await names(asking, first=3, orderBy=order)
        second, end = await names(asking, first=3, after=info["endCursor"], orderBy=order)
        back, start = await names(asking, last=2, before=end["startCursor"], orderBy=order)
        assert (first + second, back) == (list(NAMES), ["Bravo", "Delta"])
        assert (info["hasNextPage"], end["hasNextPage"], start["hasPreviousPage"]) == (True, False, True)

    async def test_cursor_is_bound(self, asking):
        """A cursor is nobody else's, and of no other order."""
        await fill_named(asking)
        _, info = await names(asking, first=1)
        for holder, order in (("agency_admin", None), ("auditor", [{"field": "ROWS"}])):
            variables = {
                "filter": {"documentHash": {"eq": asking.tag}, "and": [{}]},
                "after": info["endCursor"],
                "orderBy": order,
            }
            body = await asking.ask(holder, EVENTS, **variables)
            assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ({"roles": {"has": "hr"}}, ["Bravo", "Gamma"]),
            ({"roles": {"hasAll": ["hr", "legal"]}}, []),
            ({"rows": {"gte": 2}}, ["Delta", "Gamma"]),
            ({"not": {"operationName": {"startsWith": "a"}}}, ["Bravo", "Delta", "Gamma"]),
            ({"or": [{"operationName": {"eq": "Alpha"}}, {"rows": {"eq": 3}}]}, ["Alpha", "Gamma"]),
            ({"at": {"lt": (NOW - 7 * DAY - HOUR).isoformat()}}, ["Alpha", "Bravo"]),
            ({"returned": {"has": "Officer.rank"}, "keyPrefix": {"eq": "kABC"}, "rows": {"lt": 1}}, ["Alpha"]),
            ({"returned": {"has": "Officer_rank"}}, []),
        ],
        ids=["role", "roles", "range", "not", "or", "time", "and", "no-wildcard"],
    )
    async def test_filter(self, asking, condition, expected):
        """A filter holds on every kind of field."""
        await fill_named(asking)
        assert (await names(asking, filter=condition))[0] == expected

    async def test_every_field(self, asking):
        """AU-7: the log can be searched and sorted by each of its fields."""
        await fill_named(asking)
        fields = await asking.found("auditor", '{ __type(name: "AuditEventOrderField") { enumValues { name } } }')
        filters = await asking.found("auditor", '{ __type(name: "AuditEventFilter") { inputFields { name } } }')
        shown = await asking.found("auditor", '{ __type(name: "AuditEvent") { fields { name } } }')
        for value in fields["enumValues"]:
            page = await asking.found("auditor", EVENTS, orderBy=[{"field": value["name"]}], first=3)
            info, order = page["pageInfo"], [{"field": value["name"]}]
            after = await asking.found("auditor", EVENTS, orderBy=order, first=2, after=info["endCursor"])
            assert (len(page["nodes"]), len(after["nodes"])) == (3, 2), value
        searched = {field["name"] for field in filters["inputFields"]} - {"and", "or", "not"}
        assert searched == {field["name"] for field in shown["fields"]}
        for name in searched - {"id"}:
            await asking.found("auditor", EVENTS, filter={name: {"isNull": False}})


class TestReach:
    async def test_own_agency(self, asking):
        """Of another agency's records nothing is seen, nor counted."""
        await asking.fill(NOW - DAY, agency="birch", operation_name="Alpha")
        assert await asking.found("auditor", TOTAL, filter={"documentHash": {"eq": asking.tag}}) == {"totalCount": 0}

    async def test_several_agencies(self, asking):
        """A record of several agencies is each one's to see, without amounts and ids that may be another's."""
        ours = HOLDERS["auditor"].agency_id.bytes
        both = {"agency_id": None, "agency_ids": b"".join(sorted([ours, b"x" * 16]))}
        amounts = {"rows": 7, "bytes_in": 7, "bytes_out": 7, "duration_us": 7, "cost": 7}
        await asking.fill(NOW - DAY, operation_name="Zulu", officer_ids=b"o" * 16, caller=both, **amounts)
        shown = ("officerIds", "agencyId", "rows", "bytesIn", "bytesOut", "durationUs", "cost")
        query = "query($filter: AuditEventFilter) { auditEvents(filter: $filter) { nodes { %s } } }" % " ".join(shown)  # noqa: UP031
        zulu = {"operationName": {"eq": "Zulu"}}
        assert await asking.found("auditor", query, filter=zulu) == {"nodes": [dict.fromkeys(shown)]}
        assert await asking.found("auditor", query, filter=zulu | {"rows": {"gt": 6}}) == {"nodes": []}

    async def test_twelve_months(self, asking):
        """What is twelve months old is not shown, whether or not a run has removed it."""
        await asking.fill(NOW - 366 * DAY - HOUR, operation_name="Alpha")
        assert await asking.found("auditor", TOTAL, filter={"documentHash": {"eq": asking.tag}}) == {"totalCount": 0}

    async def test_failed_key(self, asking):
        """A failed attempt with a key of the agency's is nobody's by itself, and is shown to the agency."""
        nobody = {"agency_id": None, "principal_id": None, "principal_kind": None, "key_prefix": key_of("chief").prefix}
        await asking.fill(NOW - HOUR, event=Event.AUTH_FAILED, operation_name="Alpha", caller=nobody)
        await asking.fill(
            NOW - HOUR, event=Event.AUTH_FAILED, operation_name="Alpha", caller=nobody | {"key_prefix": "?"}
        )
        assert await asking.found("auditor", TOTAL, filter={"documentHash": {"eq": asking.tag}}) == {"totalCount": 1}


class TestPolicy:
    @pytest.mark.parametrize("holder", ["support", "public_portal", "officer", "hr", "legal", "supervisor"])
    async def test_denied(self, asking, holder):
        """Who does not answer for the agency's accesses sees none of them."""
        body = await asking.ask(holder, "{ auditEvents { nodes { at } } }")
        assert body["data"] == {"auditEvents": None}
        assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"

    async def test_chief(self, asking):
        """The chief sees what happened; who it was is denied, once a selection and not once a row."""
        await fill_named(asking)
        body = await asking.ask("chief", "{ auditEvents { nodes { event who: keyPrefix address } } }")
        assert {node["who"] for node in body["data"]["auditEvents"]["nodes"]} == {None}
        told = [(error["path"][-1], error["extensions"]["code"]) for error in body["errors"]]
        assert told == [("who", "FIELD_DENIED"), ("address", "FIELD_DENIED")]

    @pytest.mark.parametrize(
        "arguments", ['filter: {address: {eq: "10.0.0.7"}}', "orderBy: [{field: KEY_PREFIX}]"], ids=["filter", "order"]
    )
    async def test_referring(self, asking, arguments):
        """Referring is viewing: by what is hidden nobody filters or sorts."""
        body = await asking.ask("chief", f"{{ auditEvents({arguments}) {{ nodes {{ event }} }} }}")
        assert ("data" in body, body["errors"][0]["extensions"]["code"]) == (False, "FIELD_DENIED")

    async def test_support_never(self, own_served):
        """No line of the agency's own opens the log to the vendor's support."""
        line = {"role": "support", "object": "AuditEvent", "act": "view"}
        change = "mutation($input: PublishPolicyInput!) { publishPolicy(input: $input) { version } }"
        order = {"input": {"baseVersion": 0, "reason": "r", "add": [line]}}
        await own_served.ask(key_of("agency_admin").text, change, order)
        body = await own_served.ask(key_of("support").text, "{ auditEvents { nodes { at } } }")
        assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"

    async def test_hidden_is_unknown(self, asking):
        """To who may not see the log, in mode `hide` it does not exist."""
        body = await asking.server.ask(key_of("hr").text, "{ auditEvents { nodes { at } } }", denied="hide")
        assert "Cannot query field" in body["errors"][0]["message"]

    async def test_recorded(self, asking):
        """Reading the log is itself in the log, with the fields that were read."""
        await asking.found("agency_admin", "query Looking { auditEvents { nodes { address } } }")
        query = '{ auditEvents(filter: {operationName: {eq: "Looking"}}) { nodes { event returned } } }'
        (node,) = (await asking.found("auditor", query))["nodes"]
        assert (node["event"], "AuditEvent.address" in node["returned"]) == ("audit.searched", True)


class TestNode:
    QUERY = "query($id: ID!) { node(id: $id) { id __typename ... on AuditEvent { event at principalId } } }"

    async def test_same_as_listed(self, asking):
        """A record alone, by its id, is what it is in a list."""
        await fill_named(asking)
        listed = await asking.found("agency_admin", "{ auditEvents(first: 2) { nodes { id event at principalId } } }")
        assert len(listed["nodes"]) == 2
        for node in listed["nodes"]:
            assert await asking.found("agency_admin", self.QUERY, id=node["id"]) == node | {"__typename": "AuditEvent"}

    async def test_nobody_elses(self, asking):
        """Whoever may not read records, and another agency's administrator, is answered as for an id that is none."""
        listed = await asking.found("agency_admin", "{ auditEvents(first: 1) { nodes { id } } }")
        for holder in ("officer", "foreign chief"):
            bodies = [
                await asking.ask(holder, self.QUERY, id=row_id)
                for row_id in (listed["nodes"][0]["id"], "auditevent_" + "1" * 32)
            ]
            assert [body["data"] for body in bodies] == [{"node": None}] * 2
            assert bodies[0] == bodies[1]

    async def test_denied_fields(self, asking):
        """The chief sees what happened, and is denied who it was."""
        listed = await asking.found("chief", "{ auditEvents(first: 1) { nodes { id } } }")
        body = await asking.ask("chief", self.QUERY, id=listed["nodes"][0]["id"])
        assert body["data"]["node"]["principalId"] is None
        assert [error["extensions"]["coordinate"] for error in body["errors"]] == ["AuditEvent.principalId"]
