"""The policy snapshot that a server starts with: the shipped default and every agency's own lines."""

from sqlalchemy import and_, select

from louver.authz.lines import PolicyLine
from louver.authz.snapshot import Snapshot
from louver.db.access import PolicyLineRow
from louver.db.agencies import AgencyRow
from louver.db.reader import Reader
from louver.lookups import Lookup


async def load_snapshot(reader: Reader) -> Snapshot:
    """Build the snapshot; of each agency's lines, those of the version in force.

    Raises:
        MisconfiguredError: a line is malformed, or the policy fails its sentinels.
        DatabaseUnavailableError: the database did not answer.
    """
    line = PolicyLineRow
    query = select(line.agency_id, line.sub, line.obj, line.act, line.rows, line.eft).join(
        AgencyRow, and_(AgencyRow.id == line.agency_id, AgencyRow.policy_overlay_version == line.version)
    )
    return Snapshot.load(
        PolicyLine.for_agency(agency_id, sub=sub, obj=obj, act=act, rows=rows, eft=eft)
        for agency_id, sub, obj, act, rows, eft in await Lookup(query, reader).fetch()
    )
