"""What the administration of access answers with. These are plain types: no plan reads them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import strawberry

from louver.authz.lines import PolicyLine as Line
from louver.resolvers.policies import PolicyVersion as Version
from louver.resolvers.roles import AgencyRole as Role
from louver.resolvers.roles import Assignment
from louver.resolvers.support_grants import SupportGrant as Grant


def described(description: str) -> Any:
    """Declare a field; typed, because Strawberry's own declaration is not."""
    return strawberry.field(description=description)


@strawberry.type(description="One line of the agency's own policy, laid over the defaults.")
class PolicyLine:
    """A line without its agency, which goes without saying."""

    role: str = described("Whom it is about.")
    object: str = described("What it is about: `Type.field`, `Type`, `Type.*`, `*` or a field group.")
    act: str = described("`view`, `view_masked`, `view_aggregate`, `enter` or `export`.")
    rows: str = described("On which rows: `agency`, `unit`, `own`, `closed`, `published` or `sworn`.")
    effect: str = described("`allow` or `deny`; a deny beats every allow.")


@strawberry.type(description="A cell of the matrix that reads otherwise than before.")
class PolicyEffect:
    """Role × coordinate."""

    coordinate: str = described("The field or type.")
    role: str = described("The role, held alone.")
    before: str = described("In the matrix's letters, with E for entering and X for exporting: `V`, `M:unit`, `D`.")
    after: str = described("The same, by the new version.")


@strawberry.type(description="One change of the agency's own policy.")
class PolicyVersion:
    """Who, when, why, the difference, and what came of it."""

    version: int = described("Its number; 0 stands for the defaults alone.")
    base_version: int = described("The version that it was changed from.")
    restored_version: int | None = described("The earlier version that it went back to, if it did.")
    at: datetime = described("When it came into force.")
    by: str = described("Who changed it.")
    reason: str = described("Why.")
    added: list[PolicyLine] = described("Lines that the base had not.")
    removed: list[PolicyLine] = described("Lines that only the base had.")
    effects: list[PolicyEffect] = described("The effective result: what each role sees otherwise than before.")


@strawberry.type(description="A role that the agency made.")
class AgencyRole:
    """A role of the agency's own."""

    name: str = described("Its name in policy lines and keys.")
    template: str = described("The role that it was made from.")
    description: str = described("What it is for.")
    created_at: datetime = described("When it was made.")
    created_by: str = described("Who made it.")
    retired_at: datetime | None = described("When it was retired; it has granted nothing since.")
    retired_by: str | None = described("Who retired it.")


@strawberry.type(description="The roles of a member of the agency.")
class RoleAssignment:
    """A member's roles."""

    person_id: strawberry.ID = described("Id of the person.")
    email: str = described("E-mail address of the person.")
    roles: list[str] = described("Roles held from now on.")


@strawberry.type(description="Leave for the vendor's support to read, for a ticket and a time.")
class SupportGrant:
    """A grant."""

    id: strawberry.ID = described("Its id.")
    state: str = described("`ahead`, `live`, `over` or `revoked`.")
    ticket: str = described("The vendor's ticket; stands beside every access in the log.")
    reason: str = described("Why the agency opened it.")
    engineer_id: strawberry.ID | None = described("The one engineer that it is for; null for all of support.")
    fields: list[str] | None = described("What it opens; null for everything that support may see.")
    officer_ids: list[strawberry.ID] | None = described("The only officers, with their trainings, that it opens.")
    incident_ids: list[strawberry.ID] | None = described(
        "The only incidents that it opens. Null beside null for all rows; null beside a list for none."
    )
    includes_uof: bool = described("Whether use of force is open.")
    is_approval_awaited: bool = described("Whether use of force waits for a second person.")
    starts_at: datetime = described("When it begins.")
    ends_at: datetime = described("When it ends.")
    granted_at: datetime | None = described("When it was granted.")
    granted_by: str = described("Who granted it.")
    approved_at: datetime | None = described("When use of force was approved.")
    approved_by: str | None = described("Who approved use of force.")
    revoked_at: datetime | None = described("When it was revoked.")
    revoked_by: str | None = described("Who revoked it.")


def show_line(line: Line) -> PolicyLine:
    """Show a line."""
    return PolicyLine(role=line.sub, object=line.obj, act=line.act, rows=line.rows, effect=line.eft)


def show_version(version: Version) -> PolicyVersion:
    """Show a version."""
    return PolicyVersion(
        version=version.version,
        base_version=version.base_version,
        restored_version=version.restored_version,
        at=version.at,
        by=version.by,
        reason=version.reason,
        added=list(map(show_line, version.added)),
        removed=list(map(show_line, version.removed)),
        effects=[PolicyEffect(**change._asdict()) for change in version.effects],
    )


def show_role(role: Role) -> AgencyRole:
    """Show a role."""
    return AgencyRole(**{name: getattr(role, name) for name in Role.__dataclass_fields__})


def show_assignment(assignment: Assignment) -> RoleAssignment:
    """Show a member's roles."""
    return RoleAssignment(
        person_id=strawberry.ID(f"person_{assignment.person_id.hex}"),
        email=assignment.email,
        roles=list(assignment.roles),
    )


def show_grant(grant: Grant) -> SupportGrant:
    """Show a grant."""
    return SupportGrant(
        id=strawberry.ID(f"supportgrant_{grant.id.hex}"),
        state=grant.find_state(datetime.now(UTC)),
        ticket=grant.ticket,
        reason=grant.reason,
        engineer_id=None if grant.person_id is None else strawberry.ID(f"person_{grant.person_id.hex}"),
        fields=None if grant.fields is None else list(grant.fields),
        officer_ids=_show_ids("officer", grant.officer_ids),
        incident_ids=_show_ids("uofincident", grant.incident_ids),
        includes_uof=grant.includes_uof,
        is_approval_awaited=grant.uof_asked_at is not None and not grant.includes_uof,
        starts_at=grant.starts_at,
        ends_at=grant.ends_at,
        granted_at=grant.granted_at,
        granted_by=grant.granted_by,
        approved_at=grant.uof_approved_at,
        approved_by=grant.uof_approved_by,
        revoked_at=grant.revoked_at,
        revoked_by=grant.revoked_by,
    )


def _show_ids(prefix: str, ids: Sequence[str] | None) -> list[strawberry.ID] | None:
    return None if ids is None else [strawberry.ID(f"{prefix}_{identity}") for identity in ids]
