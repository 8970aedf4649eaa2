"""The keeper of the policy: the snapshot that decides now, brought up to date agency by agency, when it is asked."""

import time
from asyncio import Lock
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select

from louver.authz.agency_policy import digest_lines
from louver.authz.lines import PolicyLine
from louver.authz.snapshot import Snapshot
from louver.db.access import PolicyLineRow, PolicyVersionRow
from louver.db.agencies import AgencyRow
from louver.db.reader import Reader
from louver.errors import DatabaseUnavailableError, MisconfiguredError, PolicyStaleError
from louver.lookups import Lookup

_NO_OVERLAY = 0
"""The version of an agency that has not changed anything yet."""


class PolicyKeeper:
    """Holds one snapshot for all requests of a process, and swaps in a new one when an agency's lines have changed.

    Who asks says which version of the agency's lines is in force, as read with the request's identity. So nothing has
    to be polled, and no answer is decided by lines that were out of force when its request came in.
    """

    def __init__(self, reader: Reader) -> None:
        self.snapshot = Snapshot.load()
        self.loads = 0
        """How often lines were read: once per process and change."""
        self.changed_at = time.monotonic()
        """When the snapshot was last swapped."""
        self.stale: set[UUID] = set()
        """Agencies whose lines could not be loaded when they were last asked for."""
        self._versions: dict[UUID, int] = {}
        self._locks: defaultdict[UUID, Lock] = defaultdict(Lock)
        self._lookup = Lookup(_select_lines(), reader)

    async def get(self, agency_id: UUID, version: int) -> Snapshot:
        """Return a snapshot in which this agency's lines are of the version named, or of a later one.

        Raises:
            PolicyStaleError: the lines cannot be read, are incomplete or are faulty. The snapshot stays as it is, and
                so do the answers to every other agency.
        """
        if self._versions.get(agency_id, _NO_OVERLAY) != version:
            async with self._locks[agency_id]:
                if self._versions.get(agency_id, _NO_OVERLAY) != version:
                    await self._refresh(agency_id, version)
        return self.snapshot

    async def require_readable(self) -> None:
        """Read as a change would be read, of an agency that does not exist.

        Raises:
            DatabaseUnavailableError: the database did not answer.
        """
        await self._lookup.fetch(agency_id=UUID(int=0))

    async def _refresh(self, agency_id: UUID, wanted: int) -> None:
        try:
            version, lines = await self._load(agency_id, wanted)
            # Nothing is awaited from here on: another agency's change cannot come between reading and swapping.
            self.snapshot = self.snapshot.with_overlay(agency_id, lines)
        except (DatabaseUnavailableError, MisconfiguredError) as error:
            self.stale.add(agency_id)
            raise PolicyStaleError(
                "The agency's access policy could not be loaded, so nothing is answered by an older one.",
                hint="try again; if this lasts, the agency's policy has to be published again or its store mended",
            ) from error
        self._versions[agency_id] = version
        self.changed_at = time.monotonic()
        self.stale.discard(agency_id)

    async def _load(self, agency_id: UUID, wanted: int) -> tuple[int, Sequence[PolicyLine]]:
        self.loads += 1
        rows = await self._lookup.fetch(agency_id=agency_id)
        version, digest = rows[0][:2] if rows else (_NO_OVERLAY, None)
        lines = [
            PolicyLine.for_agency(agency_id, sub=sub, obj=obj, act=act, rows=scope, eft=eft)
            for _, _, sub, obj, act, scope, eft in rows
            if sub is not None
        ]
        if version < wanted:
            raise MisconfiguredError(f"version {wanted} of the policy is in force, but {version} is what was read")
        if digest != (digest_lines(lines) if version > _NO_OVERLAY or lines else None):
            raise MisconfiguredError(f"the lines of version {version} are not those that were published")
        return version, lines


def _select_lines() -> Select[*tuple[Any, ...]]:
    version, line = PolicyVersionRow, PolicyLineRow
    in_force = AgencyRow.policy_overlay_version
    return (
        select(in_force, version.digest, line.sub, line.obj, line.act, line.rows, line.eft)
        .outerjoin(version, and_(version.agency_id == AgencyRow.id, version.version == in_force))
        .outerjoin(line, and_(line.agency_id == AgencyRow.id, line.version == in_force))
        .where(AgencyRow.id == bindparam("agency_id"))
    )
