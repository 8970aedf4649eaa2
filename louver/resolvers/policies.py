"""An agency's own policy in the store: published, reverted, listed. Every change is a version; none is ever edited."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.agency_policy import digest_lines
from louver.authz.lines import PolicyLine
from louver.authz.overlays import CellChange, list_cell_changes
from louver.db.access import AgencyRoleRow, PolicyLineRow, PolicyVersionRow
from louver.db.agencies import AgencyRow
from louver.errors import InvalidInputError
from louver.resolvers.administrators import list_holders, require_administrable
from louver.resolvers.overlays import Draft, Overlay, Stamp, lock_overlay, read_lines, require_sound


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One change: who, when, why, the difference and what came of it."""

    version: int
    base_version: int
    restored_version: int | None
    at: datetime
    by: str
    reason: str
    added: tuple[PolicyLine, ...] = field(repr=False)
    removed: tuple[PolicyLine, ...] = field(repr=False)
    effects: tuple[CellChange, ...] = field(repr=False)


async def publish(connection: AsyncConnection, agency_id: UUID, draft: Draft, stamp: Stamp) -> PolicyVersion:
    """Put a draft into force, from the next request on.

    Raises:
        InvalidInputError: it was made on another version than the one in force, a line is faulty, or nothing changes.
        AccessDeniedError: it would lift a ceiling, or leave the agency without an administrator.
    """
    overlay = await lock_overlay(connection, agency_id)
    _require_base(draft.base_version, overlay.version)
    lines = draft.apply(overlay.lines)
    return await write_version(connection, overlay, lines, stamp)


async def revert(
    connection: AsyncConnection, agency_id: UUID, target: int, base_version: int, stamp: Stamp
) -> PolicyVersion:
    """Put the lines of an earlier version into force again, as a new version. Roles retired since stay retired.

    Raises:
        InvalidInputError: there is no such version, it reads as the one in force, or another change came between.
        AccessDeniedError: it would lift a ceiling, or leave the agency without an administrator.
    """
    overlay = await lock_overlay(connection, agency_id)
    _require_base(base_version, overlay.version)
    if not 0 <= target < overlay.version:
        raise InvalidInputError(
            f"There is no earlier version {target}.",
            hint=f"choose from 0, the defaults alone, to {overlay.version - 1}",
        )
    retired = set(
        await connection.scalars(
            select(AgencyRoleRow.name).where(
                AgencyRoleRow.agency_id == agency_id, AgencyRoleRow.retired_at.is_not(None)
            )
        )
    )
    lines = await read_lines(connection, agency_id, target)
    kept = tuple(line for line in lines if line.sub not in retired)
    return await write_version(connection, overlay, kept, stamp, restored_version=target)


async def write_version(
    connection: AsyncConnection,
    overlay: Overlay,
    lines: tuple[PolicyLine, ...],
    stamp: Stamp,
    restored_version: int | None = None,
) -> PolicyVersion:
    """Check a set of lines and write it as the next version; `overlay` is locked."""
    if not stamp.reason.strip():
        raise InvalidInputError("The reason is blank.", hint="say why the policy changes")
    added, removed = _subtract(lines, overlay.lines), _subtract(overlay.lines, lines)
    if not added and not removed:
        raise InvalidInputError(
            f"Nothing would change: version {overlay.version} has these lines already.", hint="change a line"
        )
    before, after = require_sound(overlay, lines)
    holders = await list_holders(connection, overlay.agency_id, stamp.at)
    require_administrable(overlay.agency_id, (before, holders), (after, holders))
    made = PolicyVersion(
        version=overlay.version + 1,
        base_version=overlay.version,
        restored_version=restored_version,
        at=stamp.at,
        by=stamp.author.label,
        reason=stamp.reason.strip(),
        added=added,
        removed=removed,
        effects=tuple(list_cell_changes(before, after, overlay.agency_id, [*added, *removed])),
    )
    await _store(connection, overlay.agency_id, made, lines, stamp.author.id)
    return made


async def list_versions(
    connection: AsyncConnection, agency_id: UUID, first: int, before: int | None = None
) -> list[PolicyVersion]:
    """List versions, the newest first; `before` begins below a version."""
    row = PolicyVersionRow
    columns = (
        row.version, row.base_version, row.restored_version, row.at, row.by, row.reason,
        row.added, row.removed, row.effects,
    )  # fmt: skip
    query = select(*columns).where(row.agency_id == agency_id).order_by(row.version.desc()).limit(first)
    found = await connection.execute(query if before is None else query.where(row.version < before))
    return [_read_version(agency_id, dict(each)) for each in found.mappings()]


def _require_base(base_version: int, version: int) -> None:
    if base_version != version:
        raise InvalidInputError(
            f"The policy has changed meanwhile: version {version} is in force, and this was made on {base_version}.",
            hint=f"read what changed in policyVersions, and send it again with baseVersion {version} if it still holds",
            currentVersion=version,
        )


async def _store(
    connection: AsyncConnection,
    agency_id: UUID,
    made: PolicyVersion,
    lines: Collection[PolicyLine],
    author_id: UUID | None,
) -> None:
    rows = [{"agency_id": agency_id, "version": made.version, **_as_row(line)} for line in lines]
    if rows:
        await connection.execute(insert(PolicyLineRow), rows)
    values = {
        "agency_id": agency_id, "version": made.version, "base_version": made.base_version,
        "restored_version": made.restored_version, "at": made.at, "by": made.by, "by_id": author_id,
        "reason": made.reason, "digest": digest_lines(lines), "added": _dump(map(_as_cells, made.added)),
        "removed": _dump(map(_as_cells, made.removed)), "effects": _dump(made.effects),
    }  # fmt: skip
    await connection.execute(insert(PolicyVersionRow).values(values))
    bumped = await connection.execute(
        update(AgencyRow)
        .where(AgencyRow.id == agency_id, AgencyRow.policy_overlay_version == made.base_version)
        .values(policy_overlay_version=made.version)
    )
    if bumped.rowcount != 1:  # the row is locked, so this is for a writer that does not lock
        raise InvalidInputError("The policy has changed meanwhile.", hint="read policyVersions, and send it again")


def _subtract(left: Iterable[PolicyLine], right: Collection[PolicyLine]) -> tuple[PolicyLine, ...]:
    taken = set(right)
    return tuple(line for line in left if line not in taken)


def _as_row(line: PolicyLine) -> dict[str, str]:
    return {"sub": line.sub, "obj": line.obj, "act": line.act, "rows": line.rows, "eft": line.eft}


def _as_cells(line: PolicyLine) -> list[str]:
    return [line.sub, line.obj, line.act, line.rows, line.eft]


def _dump(values: Iterable[Sequence[str]]) -> str:
    return json.dumps([list(map(str, value)) for value in values], separators=(",", ":"))


def _read_version(agency_id: UUID, row: Mapping[str, Any]) -> PolicyVersion:
    added, removed = (
        tuple(
            PolicyLine.for_agency(agency_id, sub=sub, obj=obj, act=act, rows=rows, eft=eft)
            for sub, obj, act, rows, eft in json.loads(row[name])
        )
        for name in ("added", "removed")
    )
    effects = tuple(CellChange._make(each) for each in json.loads(row["effects"]))
    return PolicyVersion(**{**row, "added": added, "removed": removed, "effects": effects})
