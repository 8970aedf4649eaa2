"""An agency's identity providers, as its administrator keeps them: set up, listed, taken out of use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.claims import PersonClaim
from louver.authz.overlays import TEMPLATES
from louver.authz.tokens import ALGORITHMS
from louver.db.people import IdentityProviderRow, PersonSessionRow
from louver.errors import InvalidInputError, ProviderUnavailableError
from louver.people.key_sets import require_safe
from louver.resolvers.overlays import lock_overlay

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,59}")
_SECRET = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:/.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderOrder:
    """What a provider is to be."""

    name: str
    issuer: str
    roles_claim: str
    role_map: Mapping[str, Sequence[str]]
    algorithms: tuple[str, ...]
    person_claim: str
    client_id: str | None = None
    client_secret: str | None = None
    audience: str | None = None


async def add_provider(connection: AsyncConnection, agency_id: UUID, order: ProviderOrder, now: datetime) -> None:
    """Set one up.

    Raises:
        InvalidInputError: the order makes no sense, names a role that there is not, or the name is taken.
    """
    _require_sense(order)
    overlay = await lock_overlay(connection, agency_id)
    known = {*map(str, TEMPLATES), *overlay.made_roles}
    if strangers := sorted({role for roles in order.role_map.values() for role in roles} - known):
        raise InvalidInputError(
            f"There is no role {strangers[0]!r} to give.", hint=f"roles are {', '.join(sorted(known))}"
        )
    row = IdentityProviderRow
    if await connection.scalar(select(row.id).where(row.name == order.name)):
        raise InvalidInputError("The name is taken.", hint="choose another, such as the agency's short name")
    values = {
        "agency_id": agency_id, "id": uuid4(), "name": order.name, "issuer": order.issuer,
        "client_id": order.client_id, "client_secret": order.client_secret, "audience": order.audience,
        "algorithms": list(order.algorithms), "person_claim": order.person_claim, "roles_claim": order.roles_claim,
        "role_map": orjson.dumps(dict(order.role_map)).decode(), "created_at": now,
    }  # fmt: skip
    await connection.execute(insert(row).values(values))


async def list_providers(connection: AsyncConnection, agency_id: UUID) -> list[dict[str, Any]]:
    """List an agency's by name."""
    table = IdentityProviderRow.__table__
    found = await connection.execute(select(table).where(table.c.agency_id == agency_id).order_by(table.c.name))
    return [{**row, "role_map": orjson.loads(row["role_map"])} for row in found.mappings()]


async def disable_provider(connection: AsyncConnection, agency_id: UUID, name: str, now: datetime) -> None:
    """Take one out of use: whom it vouched for is out at the next request.

    Raises:
        InvalidInputError: the agency has none of this name in use.
    """
    row = IdentityProviderRow
    is_it = (row.agency_id == agency_id) & (row.name == name) & row.disabled_at.is_(None)
    identity = await connection.scalar(select(row.id).where(is_it))
    if identity is None:
        raise InvalidInputError("The agency uses no identity provider of this name.", hint="see `louver provider list`")
    await connection.execute(update(row).where(is_it).values(disabled_at=now))
    await connection.execute(delete(PersonSessionRow).where(PersonSessionRow.provider_id == identity))


def _require_sense(order: ProviderOrder) -> None:
    if not _NAME.fullmatch(order.name):
        raise InvalidInputError("This cannot be a provider's name.", hint="write small letters, digits and dashes")
    try:
        require_safe(order.issuer)
    except ProviderUnavailableError as error:
        raise InvalidInputError("The issuer is no https address.", hint="give --issuer https://…") from error
    if not (order.client_id or order.audience):
        raise InvalidInputError(
            "The provider is for nothing yet.",
            hint="give --client-id for log-in, --audience for bearer tokens, or both",
        )
    if order.client_id == order.audience:
        # Leak: a log-in's token, which the browser's side may see, would open everything as a bearer token too.
        raise InvalidInputError("Log-in and bearer tokens have one audience.", hint="give --audience one of its own")
    if order.client_secret and not _SECRET.fullmatch(order.client_secret):
        # Leak: what was typed may be the secret itself, so it is not repeated.
        raise InvalidInputError("This does not say where the secret is.", hint="give env:NAME or file:/path")
    if not order.algorithms or not set(order.algorithms) <= set(ALGORITHMS):
        raise InvalidInputError("Not all algorithms are taken.", hint=f"choose from {', '.join(ALGORITHMS)}")
    if order.person_claim not in set(PersonClaim):
        raise InvalidInputError("People are not told by this claim.", hint=f"choose from {', '.join(PersonClaim)}")
    if not order.role_map:
        raise InvalidInputError("Nobody would have a role.", hint="give --map VALUE=ROLE")
