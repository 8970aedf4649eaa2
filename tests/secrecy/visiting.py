"""Goes to every surface of a running server with secrets in hand, and gathers what it was given."""

import base64
import json
from typing import Any

import httpx

from tests.people.browser import PASSWORD, Browser
from tests.people.test_factors import Device
from tests.policy.asking import as_mutation
from tests.world.store import key_of

NAME, NUMBER, WORDS = "Quillfeather", "911-22-3344", "a limping heron by the culvert"
SENT = f"{NAME} {NUMBER} {WORDS}"
SOON = "2999-01-01T00:00:00Z"
FILTERED = "query Find($filter: OfficerFilter) { officers(filter: $filter) { totalCount nodes { lastName } } }"
QUERIES = (
    f'{{ officers(filter: {{lastName: {{eq: "{NAME}"}}}}, orderBy: [{{field: LAST_NAME}}]) {{ nodes {{ rank }} }} }}',
    f'{{ officersAggregate(filter: {{firstName: {{contains: "{SENT}"}}}}) {{ count }} }}',
    f'{{ uofIncidents(filter: {{summary: {{contains: "{WORDS}"}}}}) {{ nodes {{ summary address }} }} }}',
    f'{{ node(id: "officer_{NUMBER}") {{ id }} }}',
    f'{{ officers(after: "{SENT}") {{ totalCount }} }}',
    f"{{ officers {{ nodes {{ {NAME} }} }} }}",
    f'{{ officers(first: "{NUMBER}") {{ totalCount }} }}',
    f'{{ officers(filter: {{lastName: {{eq: "{SENT}"}}}} {{{NAME} ',
    f'"{WORDS}',
)
"""Answered, refused, denied, of an unknown field, not to be parsed."""
CREDENTIALS = (
    f"Bearer {SENT}",
    f"Basic {base64.b64encode(SENT.encode()).decode()}",
    f"{NAME} {NUMBER}",
    "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJRdWlsbGZlYXRoZXIifQ.c2lnbmF0dXJl",
    "Bearer lvr_000000000000_{}_000000".format("Q" * 43),
)


async def visit(client: httpx.AsyncClient, person: str) -> None:
    """Go everywhere once."""
    for holder in ("chief", "auditor", "hr", "public_portal", "foreign chief"):
        for query in QUERIES:
            await _send(client, holder, {"query": query})
    for query in QUERIES[:4]:
        body = await _send(client, "chief", {"query": query})
        assert body["data"], body
    await _ask(client)
    await _knock(client)
    await _administer(client)
    await _log_in(client, person)


async def _ask(client: httpx.AsyncClient) -> None:
    """Send values as variables, as names, and where nobody looks for them."""
    variables: dict[str, Any] = {"filter": {"and": [{"lastName": {"eq": NAME}}, {"badgeNumber": {"in": [NUMBER]}}]}}
    await _send(client, "chief", {"query": FILTERED, "variables": variables, "operationName": "Find"})
    await _send(
        client, "chief", {"query": FILTERED, "variables": {"filter": SENT, SENT: [SENT]}, "operationName": SENT}
    )
    await _send(client, "chief", {"documentId": f"sha256:{SENT}", "extensions": {SENT: SENT}})
    await _send(client, "chief", SENT)
    headers = {"authorization": f"Bearer {key_of('chief').text}"}
    odd = {"traceparent": SENT, "louver-denied": SENT, "accept": SENT, "x-request-id": SENT, "referer": SENT}
    for name, value in odd.items():
        await client.post("/graphql", json={"query": QUERIES[0]}, headers=headers | {name: value})
    await client.post("/graphql", content=f'{{"query": "{SENT}', headers=headers | {"content-type": "application/json"})
    for query in QUERIES:
        sent = {"query": query, "variables": json.dumps({"name": SENT}), SENT: SENT}
        await client.get("/graphql", params=sent, headers=headers)


async def _knock(client: httpx.AsyncClient) -> None:
    """Try what opens nothing."""
    for credential in (*CREDENTIALS, key_of("expired chief").text, f"Bearer {key_of('expired chief').text}"):
        await client.post("/graphql", json={"query": QUERIES[0]}, headers={"authorization": credential})
    await client.post("/graphql", json={}, headers={"cookie": f"__Host-louver={'Q' * 43}", "louver-csrf": "1"})
    for path in (f"/{SENT}", f"/auth/oidc/{NAME}/start", f"/auth/oidc/{NAME}/callback?code={SENT}&state={SENT}"):
        await client.get(path)


async def _administer(client: httpx.AsyncClient) -> None:
    """Issue, rotate and use a key, open records to support, change the policy, hold records and ask the log."""
    scopes = [{"names": ["Officer.lastName"], "verbs": ["view"]}]
    issued = await _change(client, "issueKey", role="chief", purpose="state dashboard", days=9, scopes=scopes)
    rotated = await _change(client, "rotateKey", prefix=issued["key"]["prefix"])
    for secret in (issued["secret"], rotated["secret"]):
        headers = {"authorization": f"Bearer {secret}"}
        await client.post("/graphql", json={"query": "{ officers { nodes { lastName } } }"}, headers=headers)
    await _change(client, "revokeKey", prefix=rotated["key"]["prefix"])
    await _change(client, "grantSupport", ticket="T-7", reason="import is stuck", fields=["Officer.lastName"])
    await _change(client, "createRole", name="shift_lead", template="supervisor", reason="shifts")
    line = {"role": "hr", "object": "Officer.workPhone", "act": "view", "rows": "agency", "effect": "allow"}
    await _change(client, "publishPolicy", baseVersion=1, reason="hr calls back", add=[line])
    await _change(client, "placeAuditHold", kind="KEY", target=issued["key"]["prefix"], reason="a case", endsAt=SOON)
    order = {"name": SENT, "template": NAME, "reason": "refused"}
    await _send(client, "agency_admin", {"query": as_mutation("createRole"), "variables": {"input": order}})
    await _send(
        client,
        "auditor",
        {"query": f'{{ auditEvents(filter: {{userAgent: {{contains: "{SENT}"}}}}) {{ totalCount }} }}'},
    )


async def _log_in(client: httpx.AsyncClient, person: str) -> None:
    """Fail and succeed, set up a second factor, and ask as a person."""
    browser = Browser(client)
    await browser.log_in(f"{NAME}@{NUMBER}.example", SENT)
    await browser.log_in(person, f"{WORDS} {NUMBER}")
    await browser.log_in(person)
    device = Device((await browser.send("/auth/totp/enrol", password=PASSWORD))["secret"])
    await browser.send("/auth/totp/confirm", code=device.show(-1))
    await browser.ask(QUERIES[0])
    await browser.send("/auth/logout")


async def _send(client: httpx.AsyncClient, holder: str, body: Any) -> Any:
    headers = {"authorization": f"Bearer {key_of(holder).text}"}
    return (await client.post("/graphql", json=body, headers=headers)).json()


async def _change(client: httpx.AsyncClient, name: str, /, **order: Any) -> Any:
    body = await _send(client, "agency_admin", {"query": as_mutation(name), "variables": {"input": order}})
    assert "errors" not in body, body
    return body["data"][name]
