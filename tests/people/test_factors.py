"""The second factor: set up, due at each log-in, used once; and what stands in for a lost device."""

import asyncio
import time

import pyotp
import pytest
from sqlalchemy import select, update

from louver.db.access import PersonRow
from louver.db.people import PersonCredentialRow, PersonSessionRow, RecoveryCodeRow
from tests.people.browser import PASSWORD, Browser, told
from tests.people.test_sessions import OUT

REFUSED = ("UNAUTHENTICATED", "This log-in is not accepted.")


class Device:
    """An authenticator app whose clock can be moved on: a code counts once."""

    def __init__(self, secret):
        self.totp = pyotp.TOTP(secret)

    def show(self, steps=0):
        """Show the code of this step, or of one so many before or after it; not at the very end of a step."""
        if (left := 30 - time.time() % 30) < 3:
            time.sleep(left)
        return self.totp.at(int(time.time()) + 30 * steps)


@pytest.fixture
def enrol(browser, add_person):
    """Make a person with a second factor, whose last code is of the step before this one."""

    async def enrol(**options):
        someone = await add_person(**options)
        await browser.log_in(someone.email)
        device = Device((await browser.send("/auth/totp/enrol", password=PASSWORD))["secret"])
        codes = (await browser.send("/auth/totp/confirm", code=device.show(-1)))["recoveryCodes"]
        return someone, device, codes

    return enrol


class TestSettingUp:
    async def test_whole_way(self, browser, add_person, store, list_records):
        """A secret is shown, a code confirms it, and from then on one is due; the store holds no secret and no code."""
        ada = await add_person()
        await browser.log_in(ada.email)
        other = Browser(browser.client)
        await other.log_in(ada.email)
        shown = await browser.send("/auth/totp/enrol", password=PASSWORD)
        assert shown["uri"].startswith("otpauth://totp/Louver:")
        assert (await Browser(browser.client).log_in(ada.email))["next"] is None
        confirmed = await browser.send("/auth/totp/confirm", code=Device(shown["secret"]).show())
        assert len(set(confirmed["recoveryCodes"])) == 10
        assert await browser.is_in()
        assert not await other.is_in()
        assert await Browser(browser.client).log_in(ada.email) == {"next": "totp", "person": None}
        async with store() as connection:
            held = [
                *(await connection.execute(select(PersonCredentialRow.__table__))).all(),
                *(await connection.execute(select(RecoveryCodeRow.__table__))).all(),
            ]
            assert await connection.scalar(select(PersonRow.mfa_enabled).where(PersonRow.id == ada.id))
        assert not [text for text in (shown["secret"], *confirmed["recoveryCodes"]) if text in str(held)]
        reasons = {reason for event, reason in await list_records(ada, "event", "reason") if event == "auth.factor"}
        assert reasons == {"FACTOR_ENROLLED", "FACTOR_CONFIRMED"}

    async def test_needs_the_password(self, browser, add_person):
        """Whoever finds an unlocked screen sets up nothing."""
        await browser.log_in((await add_person()).email)
        assert told(await browser.send("/auth/totp/enrol", password="x" * 20)) == REFUSED
        assert told(await browser.send("/auth/totp/enrol"))[0] == "BAD_REQUEST"

    async def test_is_not_replaced(self, browser, enrol):
        """One that is set up is not replaced by whoever is logged in, nor confirmed again."""
        _, device, _ = await enrol()
        assert told(await browser.send("/auth/totp/enrol", password=PASSWORD))[0] == "BAD_REQUEST"
        assert told(await browser.send("/auth/totp/confirm", code=device.show()))[0] == "BAD_REQUEST"

    async def test_wrong_code(self, browser, add_person):
        """A code that proves nothing confirms nothing."""
        ada = await add_person()
        await browser.log_in(ada.email)
        await browser.send("/auth/totp/enrol", password=PASSWORD)
        assert told(await browser.send("/auth/totp/confirm", code="00000"))[0] == "UNAUTHENTICATED"
        assert (await browser.log_in(ada.email))["next"] is None


class TestLogin:
    async def test_password_alone_opens_nothing(self, browser, enrol):
        """Between the password and the code a session opens nothing but the next step."""
        ada, device, _ = await enrol()
        await browser.log_in(ada.email)
        token = browser.token
        assert told(await browser.ask()) == OUT
        for path in ("/auth/totp/enrol", "/auth/totp/confirm", "/auth/password", "/auth/logout-everywhere"):
            assert (
                told(await browser.send(path, password=PASSWORD, code="0", currentPassword="a", newPassword="b")) == OUT
            )
        assert (await browser.send("/auth/totp", code=device.show()))["person"]["email"] == ada.email
        assert await browser.is_in()
        browser.token = token
        assert not await browser.is_in()

    async def test_used_code(self, browser, enrol):
        """A code is taken once, and none before it afterwards."""
        ada, device, _ = await enrol()
        await browser.log_in(ada.email)
        await browser.send("/auth/totp", code=device.show())
        for steps in (0, -1):
            await browser.log_in(ada.email)
            assert told(await browser.send("/auth/totp", code=device.show(steps))) == REFUSED
        assert "person" in await browser.send("/auth/totp", code=device.show(1))

    async def test_same_code_at_once(self, browser, enrol):
        """Of two log-ins with the same code at the same moment one succeeds."""
        ada, device, _ = await enrol()
        browsers = [Browser(browser.client) for _ in range(3)]
        for each in browsers:
            await each.log_in(ada.email)
        code = device.show()
        bodies = await asyncio.gather(*(each.send("/auth/totp", code=code) for each in browsers))
        assert sorted("person" in body for body in bodies) == [False, False, True]

    async def test_far_codes(self, browser, enrol):
        """Codes of more than one step away are not taken."""
        ada, device, _ = await enrol()
        await browser.log_in(ada.email)
        for steps in (-3, 3):
            assert told(await browser.send("/auth/totp", code=device.show(steps))) == REFUSED

    async def test_guessing_locks(self, browser, enrol, list_records):
        """Bad codes count as bad log-ons, and the right password between them clears nothing."""
        ada, device, _ = await enrol()
        for _ in range(5):
            assert (await browser.log_in(ada.email))["next"] == "totp"
            assert told(await browser.send("/auth/totp", code="000000x")) == REFUSED
        assert told(await browser.log_in(ada.email)) == REFUSED
        assert told(await browser.send("/auth/totp", code=device.show())) == REFUSED
        assert ("auth.locked", "LOGON_LOCKED") in await list_records(ada, "event", "reason")

    async def test_recovery_code(self, browser, enrol, list_records):
        """A recovery code stands in once, in any case and with or without dashes; the log tells that it was one."""
        ada, _, codes = await enrol()
        for code, is_taken in ((codes[0], True), (codes[0], False), (codes[1].upper().replace("-", " "), True)):
            await browser.log_in(ada.email)
            assert ("person" in await browser.send("/auth/totp", recoveryCode=code)) is is_taken
        found = await list_records(ada, "event", "reason")
        assert found.count(("auth.login", "RECOVERY_CODE")) == 2

    async def test_recovery_codes_of_another(self, browser, enrol):
        """Somebody else's recovery code is none."""
        _, _, codes = await enrol()
        ada, _, _ = await enrol()
        await browser.log_in(ada.email)
        assert told(await browser.send("/auth/totp", recoveryCode=codes[0])) == REFUSED

    async def test_secret_of_another(self, browser, enrol, store):
        """A sealed secret that was copied to another person's row opens nothing."""
        thief, device, _ = await enrol()
        ada, _, _ = await enrol()
        async with store() as connection:
            credential = PersonCredentialRow
            sealed = await connection.scalar(select(credential.totp_secret).where(credential.person_id == thief.id))
            is_it = credential.person_id == ada.id
            await connection.execute(update(credential).where(is_it).values(totp_secret=sealed))
        await browser.log_in(ada.email)
        assert told(await browser.send("/auth/totp", code=device.show())) == REFUSED

    async def test_too_slow(self, browser, enrol, store):
        """A log-in that takes longer than ten minutes begins anew."""
        ada, device, _ = await enrol()
        await browser.log_in(ada.email)
        async with store() as connection:
            session = PersonSessionRow
            is_it = (session.person_id == ada.id) & (session.stage == "TOTP")
            created = await connection.scalar(select(session.created_at).where(is_it))
            await connection.execute(update(session).where(is_it).values(expires_at=created))
        assert told(await browser.send("/auth/totp", code=device.show())) == OUT
