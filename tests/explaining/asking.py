"""How tests ask for explanations, and what they read off the answers."""

from typing import Any

from tests.server import Server
from tests.world.store import key_of

JSON = dict[str, Any]
EXPLANATION = """{ coordinate action roles effect rows maskedRows aggregateRows reach mask reason decidedBy
    lines { line layer } dependsOn changedBy policyVersion }"""
ROOTS = {
    "explainAccess": f'(coordinate: "Officer.rank", role: "hr") {EXPLANATION}',
    "whoCanSee": f'(coordinate: "Officer.rank") {{ roles {EXPLANATION} holders {{ id access {EXPLANATION} }} }}',
    "accessMatrix": "{ policyVersion roles csv rows { coordinate group classification cells { role effect reads } } }",
    "previewPolicy": """(add: [{role: "hr", object: "Officer.rank", act: "view", effect: "deny"}])
        { times { breaks loses gains unchanged } fields { coordinate roles change before after times keys }
          operations { verdict operationName keyPrefix roles times lost gained }
          effects { coordinate role before after } }""",
}
"""One question for each root."""


async def ask(server: Server, root: str, arguments: str = "", selection: str = EXPLANATION) -> JSON:
    """Ask one root as the administrator, who has to be answered."""
    body = await server.ask(key_of("agency_admin").text, f"{{ {root}{arguments} {selection} }}")
    assert "errors" not in body, body
    found: JSON = body["data"][root]
    return found


async def refused(server: Server, root: str, arguments: str, selection: str = EXPLANATION) -> JSON:
    """Ask one root as the administrator, who has to be refused, and return the one error."""
    body = await server.ask(key_of("agency_admin").text, f"{{ {root}{arguments} {selection} }}")
    assert body.get("data", {root: None}) == {root: None}
    (error,) = body["errors"]
    return {"message": error["message"], **error["extensions"]}
