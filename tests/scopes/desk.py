"""A gateway over a database, asked by principals made on the spot: people in several agencies, roles in sets."""

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import orjson

from louver.authz.lines import PolicyLine
from louver.authz.principals import Membership, Principal
from louver.authz.snapshot import Snapshot
from louver.authz.vocabulary import DeniedMode, PrincipalKind
from louver.db.reader import Reader, open_reader
from louver.resolvers.cursors import CursorCipher
from louver.resolvers.dialects import PostgresSpeech, SqliteSpeech
from louver.schema.gateway import Gateway
from louver.schema.roots import LouverSchema, build_schema
from tests.world.build import NAMESPACE, identify

JSON = dict[str, Any]
ALL_MODULES = ("TRAINING", "UOF")
EVERY_TRAINING = (date(1990, 1, 1), date(2090, 12, 31))
PAGE_SIZE_MAX = 1_000


@dataclass(frozen=True, slots=True)
class At:
    """What somebody is in one agency of the world."""

    agency: str
    roles: tuple[str, ...]
    units: tuple[str, ...] = ()
    officer: int | None = None
    modules: tuple[str, ...] = ALL_MODULES
    subscription: str = "ACTIVE"
    scopes: tuple[str, ...] | None = None
    minimum: int = 5
    cycle: tuple[date, date] | None = None
    agency_id: UUID | None = None
    """For an agency that is not of the world."""

    def as_membership(self, snapshot: Snapshot) -> Membership:
        """Make the membership."""
        agency_id = self.agency_id or identify(self.agency)
        rights = snapshot.rights(
            agency_id, self.roles, scopes=self.scopes, modules=self.modules, subscription=self.subscription
        )
        units = frozenset(identify(self.agency, "unit", unit) for unit in self.units)
        officer = None if self.officer is None else identify(self.agency, "officer", self.officer)
        return Membership(agency_id, rights, units, officer, self.minimum, self.cycle)


class Desk:
    """Asks one gateway."""

    def __init__(self, gateway: Gateway, reader: Reader, schema: LouverSchema, url: str) -> None:
        self.gateway = gateway
        self.schema = schema
        self.url = url
        self.introspected: dict[Any, Any] = {}
        """What each caller was shown of the schema."""
        self._reader = reader

    async def ask(
        self,
        who: Principal | At | Sequence[At],
        query: str,
        variables: Mapping[str, Any] | None = None,
        mode: DeniedMode = DeniedMode.ERRORS,
    ) -> JSON:
        """Send one operation and return the answer's body."""
        principal = who if isinstance(who, Principal) else somebody(*([who] if isinstance(who, At) else who))
        answer = await self.gateway.execute(query, variables, None, principal, mode)
        body: JSON = {"errors": answer.errors} if answer.errors else {}
        if answer.has_data:
            body["data"] = answer.data
        if answer.extensions:
            body["extensions"] = answer.extensions
        plain: JSON = orjson.loads(orjson.dumps(body))  # as a client would have it
        return plain

    @contextlib.contextmanager
    def recording(self) -> Iterator[list[str]]:
        """Collect the statements that are sent."""
        fetch, statements = self._reader.fetch, []

        async def record(sql: str, parameters: Sequence[Any] = ()) -> Sequence[Sequence[Any]]:
            statements.append(sql)
            return await fetch(sql, parameters)

        self._reader.fetch = record  # type: ignore[method-assign]  # on this one object, for the length of a `with`
        try:
            yield statements
        finally:
            del self._reader.fetch


def somebody(*places: At, lines: Sequence[PolicyLine] = (), snapshot: Snapshot | None = None) -> Principal:
    """Make a principal; `lines` are agencies' own policy lines."""
    policy = snapshot or (Snapshot.load(lines) if lines else _DEFAULTS)
    memberships = tuple(place.as_membership(policy) for place in places)
    identity = uuid5(NAMESPACE, repr(places))
    return Principal(PrincipalKind.KEY, identity, "somebody", memberships, "tests")


@contextlib.asynccontextmanager
async def open_desk(url: str) -> AsyncIterator[Desk]:
    """Open a gateway over a database for the length of a `with`."""
    reader = open_reader(url, size=2)
    speech = PostgresSpeech() if reader.dialect == "postgresql" else SqliteSpeech()
    schema = build_schema()
    try:
        yield Desk(
            Gateway(schema, reader, speech, CursorCipher(b"c" * 32), PAGE_SIZE_MAX, _NO_ADMINISTRATION),
            reader,
            schema,
            url,
        )
    finally:
        await reader.close()


_NO_ADMINISTRATION: Any = None
"""Nothing is changed from here."""
_DEFAULTS = Snapshot.load()
