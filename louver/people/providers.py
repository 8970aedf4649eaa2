"""Identity providers of agencies, and whom they vouch for: one statement for the provider and the person together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Select, and_, bindparam, case, select

from louver.authz.claims import PersonClaim
from louver.authz.tokens import Agreed
from louver.db.access import MembershipRow, MembershipUnitRow, PersonRow
from louver.db.agencies import AgencyRow
from louver.db.people import IdentityProviderRow
from louver.db.reader import Reader
from louver.lookups import Lookup
from louver.people.accounts import normalize_email
from louver.people.standing import MEMBER_COLUMNS, Member, Person


class Provider(NamedTuple):
    """A provider as the agency configured it. In the order of the SELECT."""

    agency_id: UUID
    id: UUID
    name: str
    issuer: str
    client_id: str | None
    client_secret: str | None
    audience: str | None
    algorithms: list[str]
    person_claim: str
    roles_claim: str
    role_map: str
    disabled_at: datetime | None

    @property
    def roles_by_value(self) -> Mapping[str, Sequence[str]]:
        """What each value of the roles' claim comes to."""
        roles: dict[str, list[str]] = orjson.loads(self.role_map)
        return roles

    def agree(self, audience: str, nonce: str | None = None) -> Agreed:
        """Say what a token has to say."""
        return Agreed(self.issuer, audience, self.algorithms, nonce)


class Vouched(NamedTuple):
    """A provider, and whom of its agency a token names, if anybody."""

    provider: Provider
    person: Person | None
    member: Member | None


_PROVIDER_COLUMNS = tuple(getattr(IdentityProviderRow, name) for name in Provider._fields)
_COUNT = len(_PROVIDER_COLUMNS)
_PERSON_END = _COUNT + len(Person._fields)


class Providers:
    """Finds them."""

    def __init__(self, reader: Reader) -> None:
        row = IdentityProviderRow
        self._by_name = Lookup(select(*_PROVIDER_COLUMNS).where(row.name == bindparam("name")), reader)
        self._vouched = Lookup(_select_vouched(), reader)

    async def find(self, name: str) -> Provider | None:
        """Find one by name, unless it is out of use.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        rows = await self._by_name.fetch(name=name)
        provider = Provider._make(rows[0]) if rows else None
        return provider if provider and provider.disabled_at is None else None

    async def list_vouched(self, issuer: str, claims: Mapping[str, Any]) -> list[Vouched]:
        """List the providers with this issuer, and whom each would vouch for. Nothing of it is verified yet.

        Leak: an address is only looked for among the members of the provider's own agency.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        names = {claim.value: _as_email(claims.get(claim.value)) for claim in PersonClaim}
        rows = await self._vouched.fetch(issuer=issuer, **names)
        grouped: dict[UUID, list[tuple[Any, ...]]] = {}
        for row in rows:
            grouped.setdefault(row[1], []).append(row)
        return [_read(group) for group in grouped.values()]


def _read(rows: Sequence[tuple[Any, ...]]) -> Vouched:
    provider, person = Provider._make(rows[0][:_COUNT]), rows[0][_COUNT:_PERSON_END]
    members = Member.list_from_rows(row[_PERSON_END:] for row in rows)
    # A person who is no member here is nobody here.
    return Vouched(provider, Person(*person) if members else None, members[0] if members else None)


def _as_email(value: Any) -> str:
    return normalize_email(value) if isinstance(value, str) and value.isprintable() else ""


def _select_vouched() -> Select[*tuple[Any, ...]]:
    provider, member = IdentityProviderRow, MembershipRow
    email = case(*((provider.person_claim == claim.value, bindparam(claim.value)) for claim in PersonClaim))
    return (
        select(*_PROVIDER_COLUMNS, PersonRow.id, PersonRow.email, PersonRow.name, PersonRow.status, *MEMBER_COLUMNS)
        .outerjoin(PersonRow, PersonRow.email == email)
        .outerjoin(member, and_(member.agency_id == provider.agency_id, member.person_id == PersonRow.id))
        .outerjoin(AgencyRow, AgencyRow.id == member.agency_id)
        .outerjoin(
            MembershipUnitRow,
            and_(MembershipUnitRow.agency_id == member.agency_id, MembershipUnitRow.membership_id == member.id),
        )
        .where(provider.issuer == bindparam("issuer"), provider.disabled_at.is_(None))
        .order_by(provider.agency_id, provider.id)
    )
