"""What is shown of an access record: each field, the expression that it stands for, and the duty that it takes.

An entity like those of the catalogue, so that filters, orders and cursors are read as everywhere. It is not in the
catalogue: its rows lie in the log, and the log is asked by duty.
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, case, cast, func, literal

from louver.authz.duties import Administered
from louver.logging.tables import audit_records
from louver.resolvers.catalogue import Column, Entity, Expression, Kind

SUBJECTS = {"officerIds": "officer", "incidentIds": "uofincident"}
"""Lists of ids that are packed, and how such an id begins."""
COLUMNS = {"officerIds": audit_records.c.officer_ids, "incidentIds": audit_records.c.incident_ids}


def as_hex(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Spell an id as 32 hexadecimal digits, on both engines."""
    return func.replace(cast(column, String), "-", "", type_=String)


def _show(name: str) -> Expression:
    return lambda row: row.c[name]


def _show_id(name: str, prefix: str) -> Expression:
    return lambda row: literal(prefix, String) + as_hex(row.c[name])


def _show_bare(row: FromClause) -> ColumnElement[Any]:
    return as_hex(row.c.principal_id)


def _show_list(name: str) -> Expression:
    return lambda row: row.c.coordinates[name]


def _show_apart(name: str) -> Expression:
    # Leak: a record of several agencies at once is about all of them together: whose officers, how many rows, how long
    # it took. None of that is shown to any, because each would learn of the others.
    return lambda row: case((row.c.agency_id.is_not(None), row.c[name]))


_EVENT, _ACTOR = Administered.AUDIT_EVENT, Administered.AUDIT_ACTOR
_FIELDS: tuple[tuple[str, Kind, Administered, Expression, str], ...] = (
    ("at", Kind.INSTANT, _EVENT, _show("at"), "When the request arrived."),
    ("event", Kind.TEXT, _EVENT, _show("event"), "What happened, such as `access.query`."),
    ("outcome", Kind.TEXT, _EVENT, _show("outcome"), "How it ended: `answered`, `partial`, `refused` and so on."),
    ("reason", Kind.TEXT, _EVENT, _show("reason"), "The code of what was refused."),
    ("roles", Kind.TEXTS, _EVENT, _show("roles"), "Under which roles."),
    ("operationName", Kind.TEXT, _EVENT, _show("operation_name"), "The name of the operation."),
    ("savedOperationId", Kind.TEXT, _EVENT, _show("saved_operation_id"), "The id of the stored operation."),
    ("documentHash", Kind.TEXT, _EVENT, _show("document_hash"), "Keyed digest of the operation's text."),
    ("returned", Kind.TEXTS, _EVENT, _show_list("returned"), "Fields that were answered or referred to."),
    ("denied", Kind.TEXTS, _EVENT, _show_list("denied"), "Fields that were denied."),
    ("masked", Kind.TEXTS, _EVENT, _show_list("masked"), "Fields that were masked, or seen on some rows only."),
    ("suppressed", Kind.TEXTS, _EVENT, _show_list("suppressed"), "Aggregates whose small groups are left out."),
    ("rows", Kind.INTEGER, _EVENT, _show_apart("rows"), "How many rows were read; null for several agencies at once."),
    ("bytesIn", Kind.INTEGER, _EVENT, _show_apart("bytes_in"), "Size of the request; null for several agencies."),
    ("bytesOut", Kind.INTEGER, _EVENT, _show_apart("bytes_out"), "Size of the answer; null for several agencies."),
    (
        "durationUs",
        Kind.INTEGER,
        _EVENT,
        _show_apart("duration_us"),
        "How long it took, in microseconds; null for several agencies.",
    ),
    (
        "cost",
        Kind.INTEGER,
        _EVENT,
        _show_apart("cost"),
        "What the operation was estimated to cost; null for several agencies.",
    ),
    ("policyVersion", Kind.TEXT, _EVENT, _show("policy_version"), "The policy that decided."),
    ("day", Kind.DATE, _EVENT, _show("day"), "The day in UTC."),
    ("agencyId", Kind.TEXT, _EVENT, _show_id("agency_id", "agency_"), "The agency; null for several at once."),
    ("principalKind", Kind.TEXT, _EVENT, _show("principal_kind"), "`person`, `key`, `support` or `service`."),
    ("principalId", Kind.TEXT, _ACTOR, _show_bare, "Id of the person or the key, in hex."),
    ("keyPrefix", Kind.TEXT, _ACTOR, _show("key_prefix"), "The public part of the key, also of one that failed."),
    ("onBehalfOf", Kind.TEXT, _ACTOR, _show("on_behalf_of"), "The person or grant that the key acts for."),
    ("purpose", Kind.TEXT, _ACTOR, _show("purpose"), "Why it was read."),
    ("address", Kind.TEXT, _ACTOR, _show("address"), "From which address."),
    ("userAgent", Kind.TEXT, _ACTOR, _show("user_agent"), "With which program."),
    ("host", Kind.TEXT, _ACTOR, _show("host"), "Under which name the service was asked."),
    ("officerIds", Kind.TEXTS, _ACTOR, _show_apart("officer_ids"), "Officers whose data was in the answer."),
    ("incidentIds", Kind.TEXTS, _ACTOR, _show_apart("incident_ids"), "Incidents whose data was in the answer."),
    ("traceId", Kind.TEXT, _ACTOR, _show("trace_id"), "The caller's trace."),
    ("replica", Kind.TEXT, _ACTOR, _show("replica"), "The process that answered."),
)
ROWS = _show_apart("rows")(audit_records)
"""How many rows were read, as far as that is one agency's to know."""
DUTIES: dict[str, Administered] = {"id": _EVENT, **{name: duty for name, _, duty, _, _ in _FIELDS}}
"""What each field takes."""


def _build_columns() -> dict[str, Column]:
    identity = Column("id", "Opaque id of this record.", Kind.ID, _show("request_id"), nullable=False)
    columns = {
        name: Column(name, description, kind, expression, nullable=name not in ("at", "day", "event", "outcome"))
        for name, kind, _, expression, description in _FIELDS
    }
    return {"id": identity, **columns}


AUDIT_EVENT = Entity(
    name="AuditEvent",
    plural="auditEvents",
    description="One access record: who asked what, when, why, and whose data came back. Never a value.",
    table=audit_records,
    agency_column="agency_id",
    prefix="auditevent",
    columns=_build_columns(),
    relations={},
    dimensions={},
    scopes={},
    label=None,
    subjects={},
)
