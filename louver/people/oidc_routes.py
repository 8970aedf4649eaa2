"""`/auth/oidc/<provider>/start` and `/callback`: the two paths that a browser comes to by GET."""

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete

from louver.db.people import PersonSessionRow
from louver.logging import Caller, Event, Outcome
from louver.people.accounts import begin_session, note_login
from louver.people.office import Office
from louver.people.oidc import Oidc
from louver.people.providers import Provider
from louver.people.sessions import Stage
from louver.people.standing import Member, Person, describe
from louver.people.visits import Done, Happened, refuse_login

PATHS = ("/auth/oidc/{provider}/start", "/auth/oidc/{provider}/callback")
_PATH = re.compile(r"/auth/oidc/(?P<provider>[a-z0-9-]{1,60})/(?P<step>start|callback)")
Query = Mapping[str, str]


class OidcDesk:
    """Answers both."""

    def __init__(self, office: Office, oidc: Oidc) -> None:
        self._office = office
        self._oidc = oidc

    async def take(self, path: str, token_hash: str | None, query: Query, address: str, now: datetime) -> Done:
        """Take one step.

        Raises:
            LoginRefusedError: the provider vouches for nobody who may come in.
            InvalidInputError: there is no such provider.
            ProviderUnavailableError: the provider does not answer.
        """
        found = _PATH.fullmatch(path)
        name, step = (found["provider"], found["step"]) if found else ("", "start")
        if step == "callback":
            return await self._finish(name, token_hash, query, address, now)
        begun = await self._oidc.begin(name, token_hash, query.get("next"), now)
        caller = Caller(key_prefix=f"idp_{name}", purpose="log-in")
        happened = Happened(Event.AUTH_LOGIN, caller, "PROVIDER_DUE", Outcome.PARTIAL)
        token = begun.token.text if begun.token else None
        return Done({}, (happened,), token, location=begun.location)

    async def _finish(self, name: str, token_hash: str | None, query: Query, address: str, now: datetime) -> Done:
        provider, person, member, following = await self._oidc.finish(name, token_hash, query, now)
        caller = describe(person, [member], f"idp_{name}")
        account = await self._office.accounts.find(person.email)
        if bar := account.find_bar(now) if account else "PERSON_UNKNOWN":
            raise refuse_login(caller, bar)
        token, is_new = await self._admit(provider, person, member, token_hash, address, now)
        events = (Event.AUTH_LOGIN, Event.AUTH_NEW_ADDRESS) if is_new else (Event.AUTH_LOGIN,)
        shown = {"id": f"person_{person.id.hex}", "name": person.name, "email": person.email}
        happened = tuple(Happened(event, caller) for event in events)
        return Done({"next": None, "person": shown}, happened, token, location=following)

    async def _admit(
        self, provider: Provider, person: Person, member: Member, old_hash: str | None, address: str, now: datetime
    ) -> tuple[str, bool]:
        """Open a session for the provider's agency alone, and end the one that the browser had."""
        office, session = self._office, PersonSessionRow
        async with office.writing() as connection:
            await connection.execute(delete(session).where(session.token_hash == old_hash))
            is_new = await note_login(connection, person.id, office.digest("address", address), now)
            vouched = {"agency_id": provider.agency_id, "provider_id": provider.id, "roles": member.roles}
            token = await begin_session(connection, person.id, Stage.OPEN, now, office.life, **vouched)
        return token.text, is_new
