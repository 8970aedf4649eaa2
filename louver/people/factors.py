"""Setting up a second factor: a secret, then a code that proves that the device has it."""

from sqlalchemy import delete, insert, update

from louver.authz.totp import build_uri, draw_recovery_codes, draw_secret, hash_recovery_code
from louver.db.access import PersonRow
from louver.db.people import RecoveryCodeRow
from louver.errors import InvalidInputError
from louver.logging import Event
from louver.people.accounts import end_all_sessions, write_credentials
from louver.people.logins import get_account, take_totp, verify_again
from louver.people.office import Office
from louver.people.sessions import Stage
from louver.people.visits import Done, Visit, name_person, refuse_login, tell_agencies


async def enrol_totp(office: Office, visit: Visit) -> Done:
    """Draw a secret and show it; it counts when it is confirmed.

    Raises:
        LoginRefusedError: the password is not right.
        InvalidInputError: there is a second factor already.
    """
    session = await office.require_session(visit, Stage.OPEN)
    account, claim = await verify_again(office, visit, session, visit.read("password"))
    await office.release(claim)
    if account.totp_confirmed_at is not None:
        raise InvalidInputError(
            "There is a second factor already.", hint="your agency's administrator can take it away, if it is lost"
        )
    secret, person = draw_secret(), account.person
    sealed = office.sealer.seal(secret.encode(), person.id.bytes)
    happened = tell_agencies(Event.AUTH_FACTOR, name_person(person.id), account.agency_ids, "FACTOR_ENROLLED")
    await visit.begin(happened)
    async with office.writing() as connection:
        await write_credentials(connection, person.id, {"totp_secret": sealed, "totp_last_step": None})
    return Done({"secret": secret, "uri": build_uri(secret, person.email)}, happened)


async def confirm_totp(office: Office, visit: Visit) -> Done:
    """Take the first code; from now on one is due at each log-in. Shows recovery codes, once; other sessions end.

    Raises:
        LoginRefusedError: the code is not right.
        InvalidInputError: there is nothing to confirm.
    """
    session = await office.require_session(visit, Stage.OPEN)
    account = await get_account(office, session)
    person, caller = account.person, name_person(account.person.id, account.agency_ids)
    if account.totp_secret is None or account.totp_confirmed_at is not None:
        raise InvalidInputError("There is no second factor to confirm.", hint="begin with POST /auth/totp/enrol")
    claim = await office.claim(person.email, visit.now, caller)
    codes = draw_recovery_codes()
    async with office.writing() as connection:
        is_right = await take_totp(office, connection, visit, account)
        if is_right:
            await write_credentials(connection, person.id, {"totp_confirmed_at": visit.now})
            await connection.execute(update(PersonRow).where(PersonRow.id == person.id).values(mfa_enabled=True))
            await connection.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person.id))
            rows = [{"person_id": person.id, "code_hash": hash_recovery_code(person.id, code)} for code in codes]
            await connection.execute(insert(RecoveryCodeRow), rows)
            await end_all_sessions(connection, person.id)
            token, _ = await office.admit(connection, account, visit)
            happened = tell_agencies(Event.AUTH_FACTOR, caller, account.agency_ids, "FACTOR_CONFIRMED")
            await visit.begin(happened)
    if not is_right:
        raise refuse_login(caller, "CODE_WRONG", is_locking=claim.is_last)
    return Done({"recoveryCodes": codes}, happened, token.text)
