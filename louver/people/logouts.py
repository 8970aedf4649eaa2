"""Log-out: of this browser, or of all."""

from louver.logging import Event
from louver.people.accounts import end_all_sessions, end_session
from louver.people.office import Office
from louver.people.sessions import Session, Stage
from louver.people.visits import Done, Happened, Visit, name_person, tell_agencies


async def log_out(office: Office, visit: Visit) -> Done:
    """End the session, if there is one; nobody is told that there was none."""
    session = await office.sessions.find(visit.token_hash) if visit.token_hash else None
    if session is None:
        return Done({}, (Happened(Event.AUTH_LOGOUT, name_person(None), "SESSION_UNKNOWN"),), is_over=True)
    happened = _tell(session)
    await visit.begin(happened)
    async with office.writing() as connection:
        await end_session(connection, session.id)
    return Done({}, happened, is_over=True)


async def log_out_everywhere(office: Office, visit: Visit) -> Done:
    """End all of the person's sessions.

    Raises:
        LoginRefusedError: nobody is logged in.
    """
    session = await office.require_session(visit, Stage.OPEN, Stage.PASSWORD, by_provider=True)
    happened = _tell(session, "EVERYWHERE")
    await visit.begin(happened)
    async with office.writing() as connection:
        await end_all_sessions(connection, session.person.id)
    return Done({}, happened, is_over=True)


def _tell(session: Session, reason: str | None = None) -> tuple[Happened, ...]:
    agencies = [member.agency_id for member in session.members]
    return tell_agencies(Event.AUTH_LOGOUT, name_person(session.person.id), agencies, reason)
