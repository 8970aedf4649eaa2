"""Passwords: what a new one must be, what changing it ends, and how checking one spares everybody else."""

import asyncio
import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from louver.authz.password_rules import read_banned, require_good
from louver.authz.passwords import WAITING_MAX, LoginBusyError, Passwords
from louver.errors import InvalidInputError
from louver.logging.sqlite_sink import SqliteSink
from tests.people.browser import PASSWORD, Browser, told
from tests.people.conftest import HASHER
from tests.people.test_sessions import OUT

NEW = "four herons cross the weir"


class Watched(PasswordHasher):
    """Notes where it worked, and how often."""

    def __init__(self, gate=None):
        super().__init__(time_cost=1, memory_cost=1_024, parallelism=1)
        self.places = []
        self._gate = gate

    def verify(self, *arguments):
        """Verify, and note it."""
        self.places.append(threading.current_thread().name)
        if self._gate:
            self._gate.wait(10)
        return super().verify(*arguments)


class TestRules:
    @pytest.mark.parametrize(
        "password", [PASSWORD, NEW, "п" + "ароль, который никто", "Tr0ub4dor&3-Tr0ub4d", "x7!kQ9#vB2$mL5@"]
    )
    def test_good(self, password):
        """Long and unexpected is enough: no rule asks for signs or digits."""
        require_good(password, email="ada.brook@alder.example", name="Ada Brook")

    @pytest.mark.parametrize(
        ("password", "rule"),
        [
            ("fourteen signs", "LENGTH"),
            ("a b " * 65, "LENGTH"),
            ("ﬀ" * 7, "LENGTH"),
            ("aaaaaaaaaaaaaaaa", "PATTERN"),
            ("lantern!lantern!", "PATTERN"),
            ("qwertyuiopasdfgh", "PATTERN"),
            ("1234567890123456", "PATTERN"),
            ("abcdefghijklmnop", "PATTERN"),
            ("wet asphalt brook", "OWN_NAME"),
            ("my ADA.BROOK secret", "OWN_NAME"),
            ("Correct Horse Battery", "COMMON"),
        ],
    )
    def test_refused(self, password, rule):
        """Short, patterned, own or common: refused by a rule that is told, and never repeated."""
        banned = read_banned("correct horse battery\nanother\n")
        with pytest.raises(InvalidInputError) as caught:
            require_good(password, email="ada.brook@alder.example", name="Ada Brook", banned=banned)
        assert caught.value.details["rule"] == rule
        assert password not in str(caught.value.as_extensions()) + caught.value.message


class TestChecking:
    async def test_same_work_for_nobody(self):
        """Without a hash the same function runs as often as with one, and the answer is no."""
        passwords = Passwords(hasher := Watched())
        stored = await passwords.hash(PASSWORD)
        for known, password, is_right in ((stored, PASSWORD, True), (stored, "x", False), (None, PASSWORD, False)):
            hasher.places.clear()
            assert (await passwords.verify(known, password)).is_right is is_right
            assert len(hasher.places) == 1
        passwords.close()

    async def test_beside_the_loop_and_few_at_once(self):
        """Checking is done by a thread of its own; a crowd beyond what is waited for is turned away."""
        gate = threading.Event()
        passwords = Passwords(hasher := Watched(gate))
        stored = HASHER.hash(PASSWORD)
        waiting = [asyncio.ensure_future(passwords.verify(stored, PASSWORD)) for _ in range(WAITING_MAX)]
        await asyncio.sleep(0)
        with pytest.raises(LoginBusyError):
            await passwords.verify(stored, PASSWORD)
        gate.set()
        assert all(verdict.is_right for verdict in await asyncio.gather(*waiting))
        assert {name.rpartition("_")[0] for name in hasher.places} == {"louver-passwords"}
        assert len(set(hasher.places)) == 1
        passwords.close()

    async def test_parameters(self):
        """By default Argon2id with 64 MiB, three passes and one lane."""
        passwords = Passwords()
        assert (await passwords.hash(PASSWORD)).startswith("$argon2id$v=19$m=65536,t=3,p=1$")
        passwords.close()

    async def test_code_points_do_not_count(self):
        """The same letters typed as other code points are the same password."""
        passwords = Passwords(HASHER)
        assert (await passwords.verify(await passwords.hash("Ü" * 20), "U\u0308" * 20)).is_right
        passwords.close()

    async def test_broken_hash(self):
        """A hash that is none opens nothing."""
        passwords = Passwords(HASHER)
        assert not (await passwords.verify("!", "!")).is_right
        passwords.close()

    async def test_turned_away_is_no_bad_try(self, browser, served, add_person, monkeypatch):
        """Whoever is turned away because of a crowd has not had a bad try, and is told to come again."""
        ada = await add_person()
        monkeypatch.setattr(served.service.people.desk._office.passwords, "_waiting", WAITING_MAX)
        for _ in range(6):
            response = await browser.post("/auth/login", {"email": ada.email, "password": PASSWORD})
            assert (response.status_code, response.headers["retry-after"]) == (429, "1")
        monkeypatch.undo()
        assert (await browser.log_in(ada.email))["next"] is None


class TestChanging:
    async def test_ends_other_sessions(self, browser, add_person, list_records):
        """A new password ends all other sessions and the old token; the old password is out."""
        ada = await add_person()
        other, before = Browser(browser.client), Browser(browser.client)
        for each in (browser, other):
            await each.log_in(ada.email)
        before.token = browser.token
        done = await browser.send("/auth/password", currentPassword=PASSWORD, newPassword=NEW)
        assert done["person"]["email"] == ada.email
        assert [await each.is_in() for each in (browser, other, before)] == [True, False, False]
        assert told(await browser.log_in(ada.email))[0] == "UNAUTHENTICATED"
        assert (await browser.log_in(ada.email, NEW))["next"] is None
        assert ("auth.password", None) in await list_records(ada, "event", "reason")

    async def test_log_fails(self, desk, browser, add_person, list_records, monkeypatch):
        """A log that fails right after the change has it: as begun, and when it takes records again as not answered."""
        ada, write = await add_person(), SqliteSink.write

        async def write_or_fail(sink, records):
            if any((each.record.event, each.record.outcome) == ("auth.password", "answered") for each in records):
                raise sqlite3.OperationalError("database or disk is full")
            await write(sink, records)

        await browser.log_in(ada.email)
        with monkeypatch.context() as patched:
            patched.setattr(SqliteSink, "write", write_or_fail)
            patched.setattr(desk[0].service.store, "_timeout_seconds", 0.3)
            refused = await browser.send("/auth/password", currentPassword=PASSWORD, newPassword=NEW)
        assert refused["errors"][0]["extensions"]["code"] == "AUDIT_UNAVAILABLE"
        async with asyncio.timeout(10):
            await desk[0].service.store.require_writable()
        found = [each for each in await list_records(ada, "event", "outcome") if each[0] == "auth.password"]
        assert (found[0], set(found[1:])) == (("auth.password", "begun"), {("auth.password", "unavailable")})
        assert (await Browser(browser.client).log_in(ada.email, NEW))["next"] is None

    async def test_refusals(self, browser, add_person):
        """The old one has to be right and the new one good; nothing changes otherwise."""
        ada = await add_person()
        assert told(await browser.send("/auth/password", currentPassword=PASSWORD, newPassword=NEW)) == OUT
        await browser.log_in(ada.email)
        for current, new, code in (
            ("x" * 20, NEW, "UNAUTHENTICATED"),
            (PASSWORD, "short", "BAD_REQUEST"),
            (PASSWORD, PASSWORD, "BAD_REQUEST"),
        ):
            assert told(await browser.send("/auth/password", currentPassword=current, newPassword=new))[0] == code
        assert await browser.is_in()

    async def test_temporary(self, browser, add_person, list_records):
        """A password that somebody else chose opens nothing but the way to a new one."""
        until = datetime.now(UTC) + timedelta(hours=1)
        ada = await add_person(is_temporary=True, temporary_until=until)
        assert await browser.log_in(ada.email) == {"next": "password", "person": None}
        assert told(await browser.ask()) == OUT
        await browser.send("/auth/password", currentPassword=PASSWORD, newPassword=NEW)
        assert await browser.is_in()
        found = await list_records(ada, "event", "outcome")
        assert found[0] == ("auth.login", "partial")
        assert found[2] == ("auth.password", "begun")
        assert found[3:6] == [(f"auth.{event}", "answered") for event in ("password", "login", "new_address")]
