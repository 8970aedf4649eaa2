"""`auditEvents`: access records under the policy, asked over HTTP."""

from tests.world.store import key_of

ALL = "{ auditEvents(first: 5) { totalCount nodes { id at event outcome roles operationName keyPrefix returned officerIds } pageInfo { endCursor hasNextPage } } }"


async def test_first(own_served):
    """It answers."""
    for _ in range(3):
        await own_served.ask(key_of("chief").text, "query Roster { officers(first: 2) { nodes { rank } } }")
    body = await own_served.ask(key_of("agency_admin").text, ALL)
    print(body)
    body = await own_served.ask(key_of("chief").text, ALL)
    print(body)
    body = await own_served.ask(key_of("hr").text, ALL)
    print(body)
    body = await own_served.ask(key_of("auditor").text, "query A($f: AuditEventFilter){ auditEvents(first:2, filter:$f, orderBy:[{field:OPERATION_NAME}]) { edges { cursor node { ...E }} pageInfo{endCursor hasNextPage hasPreviousPage} } } fragment E on AuditEvent { at operationName purpose durationUs }", {"f": {"event": {"eq": "access.query"}, "roles": {"has": "chief"}, "returned": {"has": "Officer.rank"}, "at": {"gt": "2026-01-01T00:00:00Z"}}})
    print(body)
    assert 0
