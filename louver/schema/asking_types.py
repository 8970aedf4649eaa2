"""What the questions about the log answer with."""

from datetime import datetime

import strawberry

from louver.resolvers.asking.questions import LIST_MAX, Access, Denial, Reads
from louver.resolvers.asking.unusual import Oddity, Unusual
from louver.resolvers.asking.weeks import Week
from louver.schema.access_inputs import optional
from louver.schema.access_types import described
from louver.schema.audit_types import declare_enum

declare_enum(
    Oddity,
    "AuditOddity",
    "What is unusual, against the same principal's four weeks before.",
    {
        Oddity.VOLUME: "On one day far more rows than on any day before.",
        Oddity.HOURS: "At night by the agency's clock, and never so before.",
        Oddity.ADDRESS: "From an address that it never had before.",
        Oddity.UNFINISHED: "A change or an export began, and how it ended is not on record: it may have happened.",
    },
)


@strawberry.type(description="One access to an officer's data.")
class AuditAccess:
    """See questions.Access."""

    at: datetime = described("When.")
    event: str = described("What happened.")
    outcome: str = described("How it ended.")
    operation_name: str | None = described("The name of the operation.")
    roles: list[str] = described("Under which roles.")
    purpose: str | None = described("Why.")
    fields: list[str] = described("Which fields the operation answered or referred to, of all that it read.")
    principal_kind: str | None = described("`person`, `key` or `support`.")
    label: str | None = described("What the agency calls the key; null where you may not see who it was.")
    key_prefix: str | None = described("The public part of the key; null where you may not see who it was.")
    address: str | None = described("From which address; null where you may not see who it was.")


@strawberry.type(description="A field, and how often it was answered.")
class AuditFieldCount:
    """One line of the breach question."""

    coordinate: str = described("The field.")
    operations: int = described("Operations that answered it.")


@strawberry.type(description="What a key or a person read between two instants.")
class AuditReads:
    """See questions.Reads."""

    agency_ids: list[strawberry.ID] = described("Agencies whose data it was, of yours.")
    begins_at: datetime = described("From when.")
    ends_at: datetime = described("Until when.")
    records: int = described("How many access records.")
    rows: int = described("How many rows in all, without records of several agencies.")
    denied: int = described("Operations in which something was denied.")
    first_at: datetime | None = described("The first of them.")
    last_at: datetime | None = described("The last.")
    officer_count: int = described("How many officers' data it was.")
    officer_ids: list[strawberry.ID] = described(f"The officers, {LIST_MAX} at most.")
    incident_count: int = described("How many incidents.")
    incident_ids: list[strawberry.ID] = described(f"The incidents, {LIST_MAX} at most.")
    fields: list[AuditFieldCount] = described("The fields.")
    addresses: list[str] = described("From which addresses.")


@strawberry.type(description="Denials of one kind, counted together.")
class AuditDenial:
    """See questions.Denial."""

    event: str = described("`access.denied`, `access.refused` or `auth.failed`.")
    reason: str | None = described("The code.")
    coordinates: list[str] = described("The fields that were denied.")
    roles: list[str] = described("Under which roles.")
    key_prefix: str | None = described("The public part of the key; null where you may not see who it was.")
    times: int = described("How often.")
    last_at: datetime = described("When last.")


@strawberry.type(description="Something that a reviewer should look at.")
class UnusualAccess:
    """See unusual.Unusual."""

    oddity: Oddity = described("What is unusual.")
    principal_id: str | None = described("Id of the person or key, in hex; null where you may not see who it was.")
    key_prefix: str | None = described("The public part of the key; null where you may not see who it was.")
    last_at: datetime = described("In which hour, last.")
    amount: int = described("Rows for the volume, operations for the rest.")
    usual: int = described("The same, at most, in the four weeks before.")
    address: str | None = described("The new address; null where you may not see who it was.")


@strawberry.type(description="A week of the log, Monday to Sunday by the agency's clock.")
class AuditWeek:
    """See weeks.Week."""

    week: str = described("Its name, such as `2026-W12`.")
    begins_at: datetime = described("From when.")
    ends_at: datetime = described("Until when.")
    records: int = described("How many access records it has.")
    denials: int = described("How many of them are denials.")
    signed_at: datetime | None = described("When it was signed off; null where it waits for that.")
    signed_by: str | None = described("By whom.")
    note: str | None = described("What was noted.")


@strawberry.input(description="A week that was looked at.")
class SignOffAuditWeekInput:
    """See weeks.sign_off."""

    week: str = described("Its name, such as `2026-W12`.")
    note: str = optional("What you found, and did about it.", "")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")


def show_access(access: Access) -> AuditAccess:
    """Show an access."""
    return AuditAccess(
        at=access.at,
        event=access.event,
        outcome=access.outcome,
        operation_name=access.operation,
        roles=list(access.roles),
        purpose=access.purpose,
        fields=list(access.fields),
        principal_kind=access.principal_kind,
        label=access.label,
        key_prefix=access.key_prefix,
        address=access.address,
    )


def show_reads(reads: Reads) -> AuditReads:
    """Show what was read."""
    return AuditReads(
        agency_ids=[strawberry.ID(f"agency_{reads.agency_id.hex}")] if reads.records else [],
        begins_at=reads.begin,
        ends_at=reads.end,
        records=reads.records,
        rows=reads.rows,
        denied=reads.denied,
        first_at=reads.first_at,
        last_at=reads.last_at,
        officer_count=len(reads.officers),
        officer_ids=[strawberry.ID(f"officer_{each.hex}") for each in reads.officers[:LIST_MAX]],
        incident_count=len(reads.incidents),
        incident_ids=[strawberry.ID(f"uofincident_{each.hex}") for each in reads.incidents[:LIST_MAX]],
        fields=[AuditFieldCount(coordinate=name, operations=count) for name, count in reads.fields.items()],
        addresses=list(reads.addresses),
    )


def show_denial(denial: Denial) -> AuditDenial:
    """Show denials."""
    return AuditDenial(
        event=denial.event,
        reason=denial.reason,
        coordinates=list(denial.coordinates),
        roles=list(denial.roles),
        key_prefix=denial.key_prefix,
        times=denial.times,
        last_at=denial.last_at,
    )


def show_unusual(odd: Unusual) -> UnusualAccess:
    """Show what is unusual."""
    return UnusualAccess(
        oddity=odd.oddity,
        principal_id=odd.principal_id.hex if odd.principal_id else None,
        key_prefix=odd.key_prefix,
        last_at=odd.last_at,
        amount=odd.amount,
        usual=odd.usual,
        address=odd.address,
    )


def show_week(week: Week) -> AuditWeek:
    """Show a week."""
    review = week.review
    return AuditWeek(
        week=week.week,
        begins_at=week.begin,
        ends_at=week.end,
        records=week.records,
        denials=week.denials,
        signed_at=review.signed_at if review else None,
        signed_by=review.signed_by if review else None,
        note=review.note if review else None,
    )
