"""Previewing: an agency's recorded operations under a draft of its policy."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.facts import AgencyFacts
from louver.authz.preview import CallerFacts, Preview
from louver.authz.replaying import Replay
from louver.authz.sights import Needs
from louver.resolvers.holders import list_key_holders
from louver.resolvers.overlays import Overlay, require_sound
from louver.resolvers.recorded import DAYS, list_recorded


@dataclass(frozen=True, slots=True)
class PreviewOrder:
    """What to replay: whose operations, of how many days, under which lines."""

    facts: AgencyFacts
    draft: AgencyFacts
    now: datetime
    days: int = DAYS


async def preview(
    records: AsyncConnection, log: AsyncConnection, order: PreviewOrder, needs: Mapping[str, Needs]
) -> Preview:
    """Replay what was recorded under the policy in force and under the draft.

    Raises:
        InvalidInputError: a line of the draft is faulty; all faults are told at once.
        AccessDeniedError: a line would lift a ceiling.
    """
    facts, draft = order.facts, order.draft
    require_sound(Overlay(facts.agency_id, facts.version, facts.lines, draft.made_roles), draft.lines)
    callers = await read_callers(records, facts.agency_id)
    recorded = await list_recorded(log, facts.agency_id, order.now, order.days)
    # Not in the loop: other requests are answered meanwhile.
    return await asyncio.to_thread(lambda: Replay(facts, draft, needs, callers).run(recorded))


async def read_callers(connection: AsyncConnection, agency_id: UUID) -> dict[str, CallerFacts]:
    """Read what the agency's keys add to what the log says of them; those too that are not accepted any more."""
    keys = await list_key_holders(connection, agency_id)
    return {key.id: CallerFacts(key.scopes, key.denied_mode) for key in keys}
