"""What the administration of the log's retention takes and answers with."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry

from louver.logging.retention import Hold, HoldKind, Removal
from louver.resolvers.audit_holds import PREFIXES, HoldOrder
from louver.schema.access_inputs import optional, read_id, require_zone
from louver.schema.access_types import described

PREFIX = "audithold"
_KINDS = {
    HoldKind.PERSON: "What a person read, by log-on or with a key that acts for that person.",
    HoldKind.OFFICER: "Who read of an officer.",
    HoldKind.INCIDENT: "Who read of an incident.",
    HoldKind.KEY: "What was read with a key, and failed attempts with it.",
    HoldKind.PERIOD: "Everything between two instants.",
}
_REMOVALS = {
    Removal.ANONYMISE: "Day, operation, roles and outcome stay, and name nobody.",
    Removal.DELETE: "Nothing stays but the certificate.",
}


def declare_enum(enum: type[StrEnum], name: str, description: str, values: Mapping[Any, str]) -> None:
    """Make an enum of GraphQL, each value with its description."""
    made: Any = strawberry.enum(enum, name=name, description=description)
    for value in made.__strawberry_definition__.values:
        value.description = values[enum[value.name]]


declare_enum(HoldKind, "AuditHoldKind", "What a legal hold names.", _KINDS)
declare_enum(Removal, "AuditRemoval", "What becomes of an access record after twelve months.", _REMOVALS)


@strawberry.type(description="A legal hold: access records that stay although their twelve months are over.")
class AuditHold:
    """What, why, and until when."""

    id: strawberry.ID = described("Its id.")
    kind: HoldKind = described("What it names.")
    target: str | None = described("The id, or the key's prefix; null for a period.")
    records_from: datetime | None = described("Only records from this instant on.")
    records_until: datetime | None = described("Only records before this instant.")
    reason: str = described("Why.")
    placed_at: datetime = described("When it was placed.")
    placed_by: str = described("By whom.")
    ends_at: datetime = described("When it ends by itself.")
    released_at: datetime | None = described("When it was released before that.")
    released_by: str | None = described("By whom.")
    is_live: bool = described("Whether it keeps records now.")


@strawberry.type(description="What becomes of the agency's access records after twelve months.")
class AuditRetention:
    """What the agency chose."""

    removal: Removal | None = described("What the agency chose; null where it left that to the installation.")


@strawberry.input(description="A legal hold to be placed.")
class PlaceAuditHoldInput:
    """See HoldOrder."""

    kind: HoldKind = described("What it names.")
    target: str | None = optional("The id of the person, officer or incident, or the key's prefix; none for a period.")
    records_from: datetime | None = optional("Only records from this instant on.")
    records_until: datetime | None = optional("Only records before this instant.")
    reason: str = described("Why: the case.")
    ends_at: datetime = described("When it ends by itself.")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")

    def as_order(self) -> HoldOrder:
        """Read the order.

        Raises:
            InvalidInputError: a moment has no time zone.
        """
        ends_at = require_zone(self.ends_at)
        return HoldOrder(
            kind=self.kind,
            target=self.target,
            records_from=require_zone(self.records_from),
            records_until=require_zone(self.records_until),
            reason=self.reason,
            ends_at=ends_at or self.ends_at,
        )


@strawberry.input(description="A legal hold.")
class AuditHoldInput:
    """Names a hold."""

    hold_id: strawberry.ID = described("Its id.")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")

    def as_id(self) -> UUID:
        """Read its id."""
        return read_id(PREFIX, self.hold_id)


@strawberry.input(description="A choice for the agency's access records.")
class ChooseAuditRemovalInput:
    """See Removal."""

    removal: Removal = described("What becomes of a record after twelve months, from the next run on.")
    agency_id: strawberry.ID | None = optional("The agency, for who is in several.")


def show_hold(hold: Hold) -> AuditHold:
    """Show a hold."""
    target = f"{PREFIXES[hold.kind]}_{hold.target}" if hold.kind in PREFIXES else hold.target
    return AuditHold(
        id=strawberry.ID(f"{PREFIX}_{hold.id.hex}"),
        kind=hold.kind,
        target=target,
        records_from=hold.records_from,
        records_until=hold.records_until,
        reason=hold.reason,
        placed_at=hold.placed_at,
        placed_by=hold.placed_by,
        ends_at=hold.ends_at,
        released_at=hold.released_at,
        released_by=hold.released_by,
        is_live=hold.is_live(datetime.now(UTC)),
    )
