"""What the administration of access takes, and how it is read: ids, lines, moments."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import strawberry

from louver.authz.lines import PolicyLine
from louver.authz.vocabulary import Effect, Rows
from louver.errors import InvalidInputError
from louver.resolvers.overlays import Draft
from louver.resolvers.support_grants import GrantOrder
from louver.schema.access_types import described

_ID = re.compile(r"([a-z]+)_([0-9a-f]{32})")
_NOBODY = UUID(int=0)
"""Leak: what is no id is answered as the id of something that is not there."""
_GRANT_DAYS = 1
_YEARS = range(1970, 9999)
"""Beyond them, a day more or another time zone is no moment that can be told."""


def optional(description: str, default: Any = None) -> Any:
    """Declare an input field that may be left out."""
    return strawberry.field(description=description, default=default)


@strawberry.input(description="A line of the agency's own policy.")
class PolicyLineInput:
    """A line without its agency. Its words are those of the policy files, and checked all at once."""

    role: str = described("Whom it is about: a role of the agency.")
    object: str = described("What it is about: `Type.field`, `Type`, `Type.*`, `*` or a field group.")
    act: str = described("`view`, `view_masked`, `view_aggregate`, `enter` or `export`.")
    rows: str = optional("On which rows an allow holds; a deny holds on all.", str(Rows.AGENCY))
    effect: str = optional("`allow` or `deny`; a deny beats every allow.", str(Effect.ALLOW))


@strawberry.input(description="A change of the agency's own policy: lines to add and remove, or all lines anew.")
class PublishPolicyInput:
    """See Draft."""

    base_version: int = described("The version that you looked at; if it is not in force any more, nothing happens.")
    reason: str = described("Why; stays beside the version.")
    add: list[PolicyLineInput] | None = optional("Lines to add.")
    remove: list[PolicyLineInput] | None = optional("Lines of the agency's own to remove.")
    lines: list[PolicyLineInput] | None = optional("All lines that the agency is to have, instead of a change.")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")

    def as_draft(self, agency_id: UUID) -> Draft:
        """Read the change."""
        whole = None if self.lines is None else tuple(read_lines(agency_id, self.lines))
        added, removed = (tuple(read_lines(agency_id, lines or ())) for lines in (self.add, self.remove))
        return Draft(self.base_version, added, removed, whole)


@strawberry.input(description="A way back to an earlier version of the agency's own policy.")
class RevertPolicyInput:
    """A version to restore."""

    version: int = described("The version whose lines are to hold again; 0 for the defaults alone.")
    base_version: int = described("The version that you looked at; if it is not in force any more, nothing happens.")
    reason: str = described("Why; stays beside the version.")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")


@strawberry.input(description="A role to be made.")
class CreateRoleInput:
    """A new role."""

    name: str = described("Its name: small letters, digits and underscores.")
    template: str = described("The role whose rights it starts with.")
    description: str = optional("What it is for.", "")
    reason: str = described("Why; stays beside the version of the policy that this makes.")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")


@strawberry.input(description="A role to be retired.")
class RetireRoleInput:
    """A role that goes."""

    name: str = described("Its name.")
    reason: str = described("Why; stays beside the version of the policy that this makes.")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")


@strawberry.input(description="Roles for a member of the agency.")
class AssignRolesInput:
    """A member's new roles."""

    person_id: strawberry.ID = described("Id of the person, who is a member already.")
    roles: list[str] = described("All roles that the person is to have; none to have none.")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")


@strawberry.input(description="Leave for the vendor's support to read.")
class GrantSupportInput:
    """See GrantOrder."""

    ticket: str = described("The vendor's ticket.")
    reason: str = described("Why it has to read.")
    starts_at: datetime | None = optional("When it begins; now without it.")
    ends_at: datetime | None = optional("When it ends, at most 14 days after its begin; after a day without it.")
    fields: list[str] | None = optional(
        "What it opens: `Type.field`, `Type`, `Type.*` or field groups; everything that support may see without it."
    )
    officer_ids: list[strawberry.ID] | None = optional(
        "The only officers, with their trainings, that it opens. Without these and `incidentIds`, all rows."
    )
    incident_ids: list[strawberry.ID] | None = optional(
        "The only incidents, with their involvements and subjects, that it opens."
    )
    includes_uof: bool = optional(
        "Whether use of force is asked for; a second person has to approve it.", default=False
    )
    engineer_id: strawberry.ID | None = optional("The one engineer that it is for; all of support without it.")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")

    def as_order(self, now: datetime) -> GrantOrder:
        """Read the order.

        Raises:
            InvalidInputError: a moment has no time zone.
        """
        starts_at = require_zone(self.starts_at) or now
        return GrantOrder(
            ticket=self.ticket,
            reason=self.reason,
            starts_at=starts_at,
            ends_at=require_zone(self.ends_at) or starts_at + timedelta(days=_GRANT_DAYS),
            fields=None if self.fields is None else tuple(self.fields),
            officer_ids=read_ids("officer", self.officer_ids),
            incident_ids=read_ids("uofincident", self.incident_ids),
            includes_uof=self.includes_uof,
            person_id=None if self.engineer_id is None else read_id("person", self.engineer_id),
        )


@strawberry.input(description="A support grant.")
class SupportGrantInput:
    """Names a grant."""

    grant_id: strawberry.ID = described("Its id.")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")


def read_id(prefix: str, text: str) -> UUID:
    """Read an id as clients see it."""
    match = _ID.fullmatch(text)
    return UUID(match[2]) if match and match[1] == prefix else _NOBODY


def read_ids(prefix: str, texts: Iterable[str] | None) -> tuple[UUID, ...] | None:
    """Read a list of ids, if there is one."""
    return None if texts is None else tuple(read_id(prefix, text) for text in texts)


def read_agency(text: str | None) -> UUID | None:
    """Read the agency that is named, if one is."""
    return None if text is None else read_id("agency", text)


def read_lines(agency_id: UUID, lines: Iterable[PolicyLineInput]) -> Iterable[PolicyLine]:
    """Read lines as one agency's."""
    return (
        PolicyLine.for_agency(agency_id, sub=line.role, obj=line.object, act=line.act, rows=line.rows, eft=line.effect)
        for line in lines
    )


def require_zone(moment: datetime | None) -> datetime | None:
    """Answer a moment in UTC.

    Raises:
        InvalidInputError: it has no time zone, or is out of range.
    """
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise InvalidInputError("A moment needs a time zone.", hint="write it as 2026-01-31T09:00:00Z")
    if moment.year not in _YEARS:
        raise InvalidInputError("A moment is out of range.", hint=f"choose a year before {_YEARS.stop}")
    return moment.astimezone(UTC)
