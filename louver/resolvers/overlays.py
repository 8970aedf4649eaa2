"""An agency's own lines and roles as they stand, and drafts of what they are to become."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.lines import PolicyLine
from louver.authz.overlays import list_ceiling_hits, list_draft_faults, read_defaults
from louver.authz.principals import Principal
from louver.authz.snapshot import Snapshot
from louver.db.access import AgencyRoleRow, PolicyLineRow
from louver.db.agencies import AgencyRow
from louver.errors import AccessDeniedError, InvalidInputError, LimitExceededError, MisconfiguredError

LINES_MAX = 2_000
"""An agency's own lines at most; a process takes up a few hundred in some milliseconds, while nothing else runs."""
_NAMES = "an object is Type.field, Type, Type.*, * or a field group; `louver policy matrix --csv` lists them"


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something: the principal, and the person behind it if it acts for one."""

    label: str
    id: UUID | None = None
    person_id: UUID | None = None

    @classmethod
    def from_principal(cls, principal: Principal) -> Self:
        """Name a principal for the rows that it changes."""
        return cls(f"{principal.kind} {principal.label}", principal.id, principal.person_id)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who changes something, why, and when."""

    author: Author
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A change to be published: lines to add and to remove, or with `lines` the whole set."""

    base_version: int
    added: tuple[PolicyLine, ...] = ()
    removed: tuple[PolicyLine, ...] = ()
    lines: tuple[PolicyLine, ...] | None = None

    def apply(self, current: Sequence[PolicyLine]) -> tuple[PolicyLine, ...]:
        """Answer the lines that the agency would have.

        Raises:
            InvalidInputError: a line to be removed is not there, or the whole set comes with a change of it.
        """
        if self.lines is not None:
            if self.added or self.removed:
                raise InvalidInputError(
                    "The whole set of lines came with lines to add or remove.", hint="send either one or the other"
                )
            return tuple(dict.fromkeys(self.lines))
        missing = [str(line) for line in self.removed if line not in current]
        if missing:
            raise InvalidInputError(
                f"The agency has no such line: {'; '.join(missing)}.",
                hint="only the agency's own lines can be removed; against a default, add a line that denies",
            )
        return tuple(dict.fromkeys([*(line for line in current if line not in self.removed), *self.added]))


@dataclass(frozen=True, slots=True)
class Overlay:
    """What an agency has of its own: the version in force, its lines, and its roles with their templates."""

    agency_id: UUID
    version: int
    lines: tuple[PolicyLine, ...]
    made_roles: Mapping[str, str]


async def lock_overlay(connection: AsyncConnection, agency_id: UUID) -> Overlay:
    """Read what is in force, and keep every other change of this agency's access waiting until this one is done."""
    version = await connection.scalar(
        select(AgencyRow.policy_overlay_version).where(AgencyRow.id == agency_id).with_for_update()
    )
    if version is None:
        raise InvalidInputError("There is no such agency.", hint="send the `id` that `viewer` or `agencies` answers")
    roles = await connection.execute(
        select(AgencyRoleRow.name, AgencyRoleRow.template).where(
            AgencyRoleRow.agency_id == agency_id, AgencyRoleRow.retired_at.is_(None)
        )
    )
    lines = await read_lines(connection, agency_id, version)
    return Overlay(agency_id, version, lines, {row.name: row.template for row in roles})


async def read_lines(
    connection: AsyncConnection, agency_id: UUID, version: int | None = None
) -> tuple[PolicyLine, ...]:
    """Read the agency's own lines of one version; without one, of that in force."""
    line = PolicyLineRow
    in_force = select(AgencyRow.policy_overlay_version).where(AgencyRow.id == agency_id).scalar_subquery()
    rows = await connection.execute(
        select(line.sub, line.obj, line.act, line.rows, line.eft)
        .where(line.agency_id == agency_id, line.version == (in_force if version is None else version))
        .order_by(line.sub, line.obj, line.act, line.rows, line.eft)
    )
    return tuple(PolicyLine.for_agency(agency_id, **row) for row in rows.mappings())


def require_sound(overlay: Overlay, lines: Sequence[PolicyLine]) -> tuple[Snapshot, Snapshot]:
    """Build the policy as it is and as the lines would make it.

    Raises:
        LimitExceededError: there are more lines than every process could take up between two requests.
        InvalidInputError: a line is faulty; all faults are told at once.
        AccessDeniedError: a line would lift a ceiling; which line and which ceiling is told.
    """
    if len(lines) > LINES_MAX:
        raise LimitExceededError(
            "The agency would have too many lines of its own.",
            hint="name types or field groups in place of single fields",
            limit="policy_lines",
            maximum=LINES_MAX,
            actual=len(lines),
        )
    if faults := list_draft_faults(lines, overlay.made_roles):
        raise InvalidInputError(f"The policy is faulty: {'; '.join(faults)}.", hint=_NAMES, faults=faults)
    if hits := list_ceiling_hits(lines, overlay.made_roles):
        raise AccessDeniedError(
            "The policy would lift what no agency can: "
            + "; ".join(f"{hit.line} is against the ceiling {hit.ceiling}" for hit in hits),
            hint="leave these lines out",
            reason="CEILING",
            ceilings=[{"line": str(hit.line), "ceiling": str(hit.ceiling)} for hit in hits],
        )
    defaults = read_defaults()
    try:
        after = defaults.with_overlay(overlay.agency_id, lines)
    except MisconfiguredError as error:
        raise InvalidInputError(f"The policy is refused: {error.message}.", hint=error.hint) from error
    return defaults.with_overlay(overlay.agency_id, overlay.lines), after
