"""Reviews of keys: what a key read of late, from the log, beside what it may read."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import String, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.facts import AgencyFacts, AgencyRights
from louver.authz.principals import key_roles
from louver.authz.right_sizing import Fit, fit
from louver.authz.sights import Needs
from louver.logging.retention import is_retained
from louver.logging.tables import audit_records
from louver.resolvers.agency_facts import read_facts
from louver.resolvers.issued_keys import ApiKey, get_key, list_line

DAYS = 90
_READ = ("returned", "masked", "suppressed")


@dataclass(frozen=True, slots=True)
class KeyReview:
    """What is found of one key."""

    key: ApiKey
    since: datetime
    """Of what was recorded since then."""
    is_conclusive: bool
    """Whether the key, or the one that it was rotated from, has been there all the time."""
    fit: Fit


async def review(
    records: AsyncConnection,
    log: AsyncConnection,
    agency_id: UUID,
    prefix: str,
    needs: Mapping[str, Needs],
    now: datetime,
) -> KeyReview:
    """Review a key of an agency, together with those that it was rotated from.

    Raises:
        InvalidInputError: the agency has no such key.
    """
    line = await list_line(records, await get_key(records, prefix, agency_id))
    since = now - timedelta(days=DAYS)
    read = await _list_read(log, agency_id, [key.prefix for key in line], since, now)
    # A root or relation needs the type that it leads to, and a derived field those that it is derived from.
    needed = {each for coordinate in read if coordinate in needs for each in needs[coordinate].named}
    facts = await read_facts(records, agency_id)
    # Not in the loop: some hundreds of decisions, while other requests are answered.
    fitted = await asyncio.to_thread(_fit, facts, line[0], read | needed)
    return KeyReview(line[0], since, line[-1].created_at <= since, fitted)


def _fit(facts: AgencyFacts, key: ApiKey, read: Collection[str]) -> Fit:
    rights = AgencyRights(facts).find(key_roles(key.role, is_partner=key.is_partner), key.scopes)
    return fit(rights, key.scopes, read)


async def _list_read(
    log: AsyncConnection, agency_id: UUID, prefixes: Collection[str], since: datetime, now: datetime
) -> frozenset[str]:
    record = audit_records.c
    lists = cast(record.coordinates, String)
    found = await log.scalars(
        select(lists)
        .where(
            record.agency_id == agency_id,
            is_retained(now),
            record.at >= since,
            record.key_prefix.in_(prefixes),
            record.coordinates.is_not(None),
        )
        .group_by(lists)
    )
    return frozenset(coordinate for text in found for name in _READ for coordinate in orjson.loads(text).get(name, ()))
