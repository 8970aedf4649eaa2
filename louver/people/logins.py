"""The steps of a log-in with a password: the password, the second factor, a new password in place of a given one."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.authz.password_rules import require_good
from louver.authz.session_tokens import SessionToken
from louver.authz.totp import find_step, hash_recovery_code
from louver.db.people import PersonCredentialRow
from louver.errors import REFERRAL, InvalidInputError
from louver.logging import Caller, Event, Outcome
from louver.people.accounts import (
    PENDING,
    Account,
    begin_session,
    end_all_sessions,
    end_session,
    normalize_email,
    use_recovery_code,
    write_credentials,
)
from louver.people.guards import Claim, release_try
from louver.people.office import Office
from louver.people.sessions import Session, Stage
from louver.people.visits import Done, Happened, Visit, name_person, refuse_login, tell_agencies

_CLOSED = "This account is closed."
_ASK = "ask your agency's administrator"


async def log_in(office: Office, visit: Visit) -> Done:
    """Take an e-mail address and a password.

    Raises:
        LoginRefusedError: they are not right, or the account takes no log-in now.
    """
    email, password = normalize_email(visit.read("email")), visit.read("password")
    account = await office.accounts.find(email)
    caller = _name(account)
    claim = await office.claim(email, visit.now, caller)
    verdict = await office.verify(account.password_hash if account else None, password, claim)
    if account is None or not verdict.is_right:
        raise refuse_login(caller, "PASSWORD_WRONG" if account else "PERSON_UNKNOWN", is_locking=claim.is_last)
    if bar := account.find_password_bar(visit.now):
        raise refuse_login(caller, bar, message=_CLOSED, hint=_ASK, referral=REFERRAL)
    async with office.writing() as connection:
        if verdict.new_hash:
            await write_credentials(connection, account.person.id, {"password_hash": verdict.new_hash})
        return await _go_on(office, connection, visit, account, account.find_stage(), claim)


async def give_code(office: Office, visit: Visit) -> Done:
    """Take the second factor: a code, or a recovery code.

    Raises:
        LoginRefusedError: it is not right, or was used.
    """
    session = await office.require_session(visit, Stage.TOTP)
    account = await get_account(office, session)
    caller = _name(account)
    claim = await office.claim(account.person.email, visit.now, caller)
    async with office.writing() as connection:
        # Leak: two requests with one session cannot both go on from here.
        is_right = await _take_code(office, connection, visit, account) and await end_session(connection, session.id)
        if is_right:
            stage = Stage.PASSWORD if account.is_temporary else Stage.OPEN
            reason = "RECOVERY_CODE" if "recoveryCode" in visit.body else None
            return await _go_on(office, connection, visit, account, stage, claim, reason)
    raise refuse_login(caller, "CODE_WRONG", is_locking=claim.is_last)


async def change_password(office: Office, visit: Visit) -> Done:
    """Take the old password and a new one; all other sessions of the person end.

    Raises:
        LoginRefusedError: the old one is not right.
        InvalidInputError: the new one is not good enough.
    """
    session = await office.require_session(visit, Stage.PASSWORD, Stage.OPEN)
    old, new = visit.read("currentPassword"), visit.read("newPassword")
    account, claim = await verify_again(office, visit, session, old)
    try:
        _require_new(office, account, old, new)
        new_hash = await office.passwords.hash(new)
    finally:
        await office.release(claim)
    values = {
        "password_hash": new_hash, "is_temporary": False, "temporary_until": None, "password_changed_at": visit.now
    }  # fmt: skip
    happened = tell_agencies(Event.AUTH_PASSWORD, _name(account), account.agency_ids)
    await visit.begin(happened)
    async with office.writing() as connection:
        await write_credentials(connection, account.person.id, values)
        await end_all_sessions(connection, account.person.id)
        token, is_new = await office.admit(connection, account, visit)
    if session.stage == Stage.PASSWORD:
        happened += _tell_login(account, is_new=is_new)
    return _admit(account, token, happened)


async def verify_again(office: Office, visit: Visit, session: Session, password: str) -> tuple[Account, Claim]:
    """Have somebody who is logged in prove it once more; the claim is the caller's to release.

    Raises:
        LoginRefusedError: the password is not right.
    """
    account = await get_account(office, session)
    claim = await office.claim(account.person.email, visit.now, _name(account))
    if not (await office.verify(account.password_hash, password, claim)).is_right:
        raise refuse_login(_name(account), "PASSWORD_WRONG", is_locking=claim.is_last)
    return account, claim


async def get_account(office: Office, session: Session) -> Account:
    """Get the account of a session.

    Raises:
        LoginRefusedError: it is gone.
    """
    account = await office.accounts.find(session.person.email)
    if account is None or account.person.id != session.person.id:
        raise refuse_login(name_person(session.person.id), "PERSON_UNKNOWN")
    return account


async def _take_code(office: Office, connection: AsyncConnection, visit: Visit, account: Account) -> bool:
    if "recoveryCode" in visit.body:
        code_hash = hash_recovery_code(account.person.id, visit.read("recoveryCode"))
        return await use_recovery_code(connection, account.person.id, code_hash)
    return await take_totp(office, connection, visit, account)


async def take_totp(office: Office, connection: AsyncConnection, visit: Visit, account: Account) -> bool:
    """Take a code, once; tell whether it was right. Requests at the same moment wait for each other here."""
    credential, code = PersonCredentialRow, visit.read("code")
    is_it = credential.person_id == account.person.id
    found = await connection.execute(
        select(credential.totp_secret, credential.totp_last_step).where(is_it).with_for_update()
    )
    sealed, last_step = found.one()
    secret = office.sealer.open(sealed, account.person.id.bytes) if sealed else None
    step = find_step(secret.decode(), code, visit.now, last_step) if secret else None
    if step is None:
        return False
    await connection.execute(update(credential).where(is_it).values(totp_last_step=step))
    return True


async def _go_on(
    office: Office,
    connection: AsyncConnection,
    visit: Visit,
    account: Account,
    stage: Stage,
    claim: Claim,
    reason: str | None = None,
) -> Done:
    """Go on to what is due next, or let in."""
    if stage == Stage.OPEN:
        token, is_new = await office.admit(connection, account, visit)
        return _admit(account, token, _tell_login(account, reason, is_new=is_new))
    await release_try(connection, claim)
    token = await begin_session(connection, account.person.id, stage, visit.now, PENDING)
    happened = tell_agencies(
        Event.AUTH_LOGIN, _name(account), account.agency_ids, f"{stage}_DUE", outcome=Outcome.PARTIAL
    )
    return Done({"next": stage.lower(), "person": None}, happened, token.text)


def _admit(account: Account, token: SessionToken, happened: Iterable[Happened]) -> Done:
    person = account.person
    shown = {"id": f"person_{person.id.hex}", "name": person.name, "email": person.email}
    return Done({"next": None, "person": shown}, tuple(happened), token.text)


def _tell_login(account: Account, reason: str | None = None, *, is_new: bool) -> tuple[Happened, ...]:
    events = (Event.AUTH_LOGIN, Event.AUTH_NEW_ADDRESS) if is_new else (Event.AUTH_LOGIN,)
    return tuple(told for event in events for told in tell_agencies(event, _name(account), account.agency_ids, reason))


def _name(account: Account | None) -> Caller:
    ids: tuple[UUID, ...] = account.agency_ids if account else ()
    return name_person(account.person.id if account else None, ids)


def _require_new(office: Office, account: Account, old: str, new: str) -> None:
    if new == old:
        raise InvalidInputError("The new password is the old one.", hint="choose another", rule="SAME")
    require_good(new, email=account.person.email, name=account.person.name, banned=office.banned)
