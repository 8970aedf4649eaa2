"""Rows of the people, memberships, keys and grants of an invented agency: one of each for every role."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from louver.db.codes import Module, PersonStatus
from louver.db.demo.draw import Row
from louver.db.demo.names import draw_full_name
from louver.db.demo.plans import AgencyPlan

KEY_DAYS = 365
GRANT_DAYS = 14
SUPPORT = "support"
POST_AUDITOR = "post_auditor"
_PURPOSES = {
    "agency_admin": "Set up the agency and its people",
    "chief": "Command staff dashboard",
    "training_coordinator": "Keep training records complete",
    "supervisor": "Weekly review of the unit",
    "officer": "Look at own records",
    "uof_reviewer": "Review of use of force",
    "records_clerk": "Answer records requests",
    "hr": "Keep personnel files",
    "legal": "Prepare disclosures",
    "auditor": "Yearly internal audit",
    POST_AUDITOR: "State audit of training",
    "public_portal": "Publish yearly figures",
    SUPPORT: "Ticket DEMO-1",
}


@dataclass(frozen=True, slots=True)
class KeyDigest:
    """What the store keeps of a key. The key itself never comes here."""

    prefix: str
    secret_hash: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The officer that a person is, and the unit that the person leads."""

    officer: Row
    unit_id: UUID | None = None


def build_access(
    plan: AgencyPlan, roles: Iterable[str], standings: Mapping[str, Standing], until: datetime
) -> tuple[list[Row], list[Row]]:
    """Make a person and a membership for every role."""
    draw = plan.draw("access")
    people: list[Row] = []
    memberships: list[Row] = []
    for role in roles:
        standing = standings.get(role)
        name = draw_full_name(draw)
        person = {
            "id": draw.uuid(),
            "email": f"{role.replace('_', '.')}@{plan.domain}",
            "name": "{first_name} {last_name}".format_map(standing.officer) if standing else name,
            "status": PersonStatus.ACTIVE,
            "last_login_at": draw.moment(until, 30),
            "mfa_enabled": draw.chance(0.8),
        }
        membership = {
            "agency_id": plan.id,
            "id": draw.uuid(),
            "person_id": person["id"],
            "roles": [role],
            "unit_id": standing.unit_id if standing else None,
            "officer_id": standing.officer["id"] if standing else None,
            **_grant_cycle(role, until),
        }
        people.append(person)
        memberships.append(membership)
    return people, memberships


def _grant_cycle(role: str, until: datetime) -> Row:
    """Make the training cycle that a state auditor may look at: the year before, and this one."""
    if role != POST_AUDITOR:
        return {"trainings_from": None, "trainings_to": None}
    return {"trainings_from": date(until.year - 1, 1, 1), "trainings_to": date(until.year, 12, 31)}


def build_key(plan: AgencyPlan, role: str, membership: Row, digest: KeyDigest, now: datetime) -> Row:
    """Make the key of one role, for the person, unit and officer of that role's membership."""
    return {
        "agency_id": plan.id,
        "id": plan.draw("key", role).uuid(),
        "prefix": digest.prefix,
        "secret_hash": digest.secret_hash,
        "label": f"Demo {role}",
        "role": role,
        "scopes": None,
        "purpose": _PURPOSES.get(role, "Demonstration"),
        "person_id": membership["person_id"],
        "unit_id": membership["unit_id"],
        "officer_id": membership["officer_id"],
        "trainings_from": membership["trainings_from"],
        "trainings_to": membership["trainings_to"],
        "denied_mode": None,
        "created_at": now,
        "expires_at": now + timedelta(days=KEY_DAYS),
        "revoked_at": None,
        "last_used_at": None,
        "last_used_address": None,
    }


def build_grant(plan: AgencyPlan, person_id: UUID, now: datetime) -> Row:
    """Make a grant for support, for as long as a grant may last."""
    approver = f"chief@{plan.domain}" if Module.UOF in plan.modules else None
    return {
        "agency_id": plan.id,
        "id": uuid4(),
        "person_id": person_id,
        "ticket": "DEMO-1",
        "reason": "Show what support may see while a grant lasts",
        "includes_uof": Module.UOF in plan.modules,
        "starts_at": now,
        "ends_at": now + timedelta(days=GRANT_DAYS),
        "revoked_at": None,
        "granted_at": now,
        "granted_by": f"agency.admin@{plan.domain}",
        "uof_asked_at": approver and now,
        "uof_approved_at": approver and now,
        "uof_approved_by": approver,
    }
