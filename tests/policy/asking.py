"""What an administrator sends, and what comes back."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from louver.db.engine import create_engine
from louver.logging.events import Outcome
from louver.logging.tables import audit_records
from tests.server import Server
from tests.world.store import key_of

JSON = dict[str, Any]
LINE = "{ role object act rows effect }"
VERSION = f"""{{ version baseVersion restoredVersion at by reason added {LINE} removed {LINE}
    effects {{ coordinate role before after }} }}"""
GRANT = """{ id state ticket fields officerIds incidentIds includesUof isApprovalAwaited
    startsAt endsAt grantedBy approvedBy revokedBy }"""
OPERATION = "{ id text names registeredBy retiredAt retiredBy }"
HOLD = "{ id kind target recordsFrom recordsUntil reason placedBy endsAt releasedAt releasedBy isLive }"
ROLE = "{ name template description createdBy retiredAt retiredBy }"
KEY = """{ prefix state role isPartner purpose scopes { name verbs } allowedAddresses ratePerMinute costPerMinute
    deniedMode safelist createdAt expiresAt revokedAt revokedBy issuedBy replaces lastUsedAt lastUsedAddress calls }"""
ISSUED = f"{{ secret key {KEY} }}"
INPUTS = {
    "publishPolicy": ("PublishPolicyInput", VERSION),
    "revertPolicy": ("RevertPolicyInput", VERSION),
    "createRole": ("CreateRoleInput", ROLE),
    "retireRole": ("RetireRoleInput", ROLE),
    "assignRoles": ("AssignRolesInput", "{ personId email roles }"),
    "grantSupport": ("GrantSupportInput", GRANT),
    "approveSupportGrant": ("SupportGrantInput", GRANT),
    "revokeSupportGrant": ("SupportGrantInput", GRANT),
    "issueKey": ("IssueKeyInput", ISSUED),
    "rotateKey": ("RotateKeyInput", ISSUED),
    "changeKey": ("ChangeKeyInput", KEY),
    "revokeKey": ("KeyInput", KEY),
    "registerOperations": ("RegisterOperationsInput", OPERATION),
    "retireOperations": ("RetireOperationsInput", OPERATION),
    "placeAuditHold": ("PlaceAuditHoldInput", HOLD),
    "releaseAuditHold": ("AuditHoldInput", HOLD),
    "chooseAuditRemoval": ("ChooseAuditRemovalInput", "{ removal }"),
    "signOffAuditWeek": ("SignOffAuditWeekInput", "{ week signedBy }"),
}
ORDERS: dict[str, JSON] = {
    "publishPolicy": {
        "baseVersion": 0,
        "reason": "r",
        "add": [{"role": "hr", "object": "Officer.rank", "act": "enter"}],
    },
    "revertPolicy": {"version": 0, "baseVersion": 1, "reason": "r"},
    "createRole": {"name": "shift_lead", "template": "supervisor", "reason": "r"},
    "retireRole": {"name": "shift_lead", "reason": "r"},
    "assignRoles": {"personId": "person_" + "1" * 32, "roles": ["chief"]},
    "grantSupport": {"ticket": "T-1", "reason": "r"},
    "approveSupportGrant": {"grantId": "supportgrant_" + "1" * 32},
    "revokeSupportGrant": {"grantId": "supportgrant_" + "1" * 32},
    "issueKey": {"role": "chief", "purpose": "p", "days": 1, "scopes": [{"names": ["Officer.*"]}]},
    "rotateKey": {"prefix": "0" * 12},
    "changeKey": {"prefix": "0" * 12},
    "revokeKey": {"prefix": "0" * 12},
    "registerOperations": {"operations": [{"hash": "1" * 64, "text": "{ __typename }"}]},
    "retireOperations": {"ids": ["sha256:" + "1" * 64]},
    "placeAuditHold": {"kind": "KEY", "target": "k", "reason": "r", "endsAt": "2999-01-01T00:00:00Z"},
    "releaseAuditHold": {"holdId": "audithold_" + "1" * 32},
    "chooseAuditRemoval": {"removal": "DELETE"},
    "signOffAuditWeek": {"week": "2026-W12"},
}
"""One order for each mutation, for whoever may not send it anyway."""
QUERIES = {
    "policyVersions": VERSION,
    "policyLines": LINE,
    "agencyRoles": ROLE,
    "supportGrants": GRANT,
    "storedOperations": OPERATION,
    "auditHolds": HOLD,
    "auditRetention": "{ removal }",
    "auditDenials": "{ times }",
    "unusualAccess": "{ amount }",
    "auditWeeks": "{ week }",
}


def as_mutation(name: str) -> str:
    """Write the document of one mutation."""
    input_type, selection = INPUTS[name]
    return f"mutation Change($input: {input_type}!) {{ {name}(input: $input) {selection} }}"


async def change(server: Server, name: str, holder: str = "agency_admin", /, **order: Any) -> JSON:
    """Send a change and return the answer's body."""
    return await server.ask(key_of(holder).text, as_mutation(name), {"input": order})


async def changed(server: Server, name: str, holder: str = "agency_admin", /, **order: Any) -> JSON:
    """Send a change that has to succeed, and return what it made."""
    body = await change(server, name, holder, **order)
    assert "errors" not in body, body
    made: JSON = body["data"][name]
    return made


async def refused(server: Server, name: str, holder: str = "agency_admin", /, **order: Any) -> JSON:
    """Send a change that has to be refused, and return the one error."""
    body = await change(server, name, holder, **order)
    assert "data" not in body
    (error,) = body["errors"]
    return {"message": error["message"], **error["extensions"]}


async def look(server: Server, name: str, holder: str = "agency_admin", arguments: str = "") -> list[JSON]:
    """Read one of the administrator's lists."""
    body = await server.ask(key_of(holder).text, f"{{ {name}{arguments} {QUERIES[name]} }}")
    assert "errors" not in body, body
    found: list[JSON] = body["data"][name]
    return found


def line(role: str, target: str, act: str = "view", rows: str = "agency", effect: str = "allow") -> JSON:
    """Write a line as it is sent."""
    return {"role": role, "object": target, "act": act, "rows": rows, "effect": effect}


def deny(role: str, target: str, act: str = "view") -> JSON:
    """Write a line that denies."""
    return line(role, target, act, effect="deny")


async def list_records(folder: Path) -> list[JSON]:
    """Read the log of a server, oldest first, without its start and stop, and without what only begins."""
    engine = create_engine(f"sqlite:///{folder}/audit.db")
    async with engine.connect() as connection:
        record = audit_records.c
        found = await connection.execute(
            select(audit_records)
            .where(~record.event.like("service.%"), record.outcome != Outcome.BEGUN)
            .order_by(record.at)
        )
        rows = [dict(row) for row in found.mappings()]
    await engine.dispose()
    return rows
