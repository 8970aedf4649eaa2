"""Log-in with a password: who comes in as what, what the others are told, and what is in the log."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import orjson
from argon2 import PasswordHasher
from sqlalchemy import delete, select, update

from louver.db.access import PersonRow
from louver.db.codes import PersonStatus
from louver.db.people import LogonGuardRow, PersonCredentialRow, PersonSessionRow
from louver.errors import AuditUnavailableError
from tests.people.browser import PASSWORD, Browser, told
from tests.people.test_passwords import Watched
from tests.world.build import PATROL_OFFICER, SERGEANT, identify
from tests.world.store import key_of

REFUSED = ("UNAUTHENTICATED", "This log-in is not accepted.")
EVERYTHING = "{ officers(first: 100) { nodes { id rank workPhone badgeNumber employeeId } totalCount } }"


def ago(**span):
    return datetime.now(UTC) - timedelta(**span)


class TestComingIn:
    async def test_chief_sees_as_chief(self, browser, served, add_person):
        """Whoever logs in as chief sees what the chief's key sees, and is known as a person."""
        ada = await add_person()
        body = await browser.log_in(ada.email)
        person = {"id": f"person_{ada.id.hex}", "name": "Ada Brook", "email": ada.email}
        assert body == {"next": None, "person": person}
        agency = {"agencyId": f"agency_{identify('alder').hex}", "roles": ["chief"], "officerId": None}
        viewer = {"label": "Ada Brook", "kind": "person", "purpose": "duties as chief", "memberships": [agency]}
        assert await browser.ask() == {"data": {"viewer": viewer}}
        assert await browser.ask(EVERYTHING) == await served.ask(key_of("chief").text, EVERYTHING)

    async def test_row_scopes_are_the_membership_s(self, browser, served, add_person):
        """A supervisor's unit and an officer's own record reach as far as those of their keys."""
        supervisor = {
            "unit_id": identify("alder", "unit", "patrol"),
            "officer_id": identify("alder", "officer", SERGEANT),
        }
        officer = {"officer_id": identify("alder", "officer", PATROL_OFFICER)}
        for role, membership in (("supervisor", supervisor), ("officer", officer)):
            someone = await add_person({"alder": [role]}, membership=membership)
            await browser.log_in(someone.email)
            assert await browser.ask(EVERYTHING) == await served.ask(key_of(role).text, EVERYTHING)

    async def test_several_agencies_and_roles(self, browser, add_person):
        """Somebody with memberships in two agencies is in both what each says there, and in no third."""
        both = await add_person({"alder": ["hr", "auditor"], "birch": ["chief"]})
        await browser.log_in(both.email)
        found = (await browser.ask("{ viewer { memberships { agencyId roles } } agencies { nodes { name } } }"))["data"]
        assert {each["agencyId"]: each["roles"] for each in found["viewer"]["memberships"]} == {
            f"agency_{identify('alder').hex}": ["auditor", "hr"],
            f"agency_{identify('birch').hex}": ["chief"],
        }
        assert len(found["agencies"]["nodes"]) == 2

    async def test_support_needs_its_key(self, browser, add_person):
        """A membership as vendor support opens nothing to a session: support reads by key, under a grant."""
        engineer = await add_person({"alder": ["support"]})
        await browser.log_in(engineer.email)
        assert not await browser.is_in()
        await browser.log_in((await add_person({"alder": ["support", "hr"]})).email)
        assert (await browser.ask())["data"]["viewer"]["memberships"][0]["roles"] == ["hr"]

    async def test_address_in_any_case(self, browser, add_person):
        """Case and blanks around an e-mail address do not count."""
        ada = await add_person()
        assert (await browser.log_in(f" {ada.email.upper()} "))["next"] is None


class TestCookie:
    async def test_one_cookie_with_nothing_in_it(self, browser, add_person):
        """The one cookie holds a random token; the store holds its hash."""
        ada = await add_person()
        response = await browser.post("/auth/login", {"email": ada.email, "password": PASSWORD})
        assert response.headers.get_list("set-cookie") == [
            f"__Host-louver={browser.token}; Path=/; Secure; HttpOnly; SameSite=Lax"
        ]
        assert len(browser.token) == 43
        assert response.headers["cache-control"] == "private, no-store"

    async def test_store_holds_no_token(self, browser, add_person, store):
        """A copy of the store opens no session."""
        ada = await add_person()
        await browser.log_in(ada.email)
        async with store() as connection:
            session = PersonSessionRow
            rows = (await connection.execute(select(session.__table__).where(session.person_id == ada.id))).all()
        assert len(rows) == 1
        assert browser.token not in str(rows)


class TestRefused:
    async def test_unknown_and_wrong_are_told_apart_by_nobody(self, browser, add_person, list_records):
        """A wrong password, an unknown address and an account without a password get one answer, and the log tells."""
        ada, keyless = await add_person(), await add_person(password_hash=None)
        answers = [
            await browser.post("/auth/login", {"email": email, "password": "x" * 20})
            for email in (ada.email, "nobody@alder.example", keyless.email)
        ]
        assert {(answer.status_code, told(answer.json())) for answer in answers} == {(401, REFUSED)}
        assert all("set-cookie" not in answer.headers for answer in answers)
        names = ("event", "outcome", "reason", "operation_name", "agency_id", "purpose", "address")
        expected = ("auth.failed", "refused", "PASSWORD_WRONG", "auth_login", identify("alder"), "log-in", "127.0.0.1")
        assert await list_records(ada, *names) == [expected]

    async def test_closed_accounts(self, browser, add_person, list_records):
        """With the right password one is told that the account is closed, and whom to ask; with a wrong one nothing."""
        for reason, options in {
            "PERSON_DEACTIVATED": {"person": {"status": PersonStatus.DEACTIVATED}},
            "PERSON_IDLE": {"person": {"last_login_at": ago(days=90, seconds=1)}, "enabled_at": ago(days=400)},
            "PASSWORD_EXPIRED": {"is_temporary": True, "temporary_until": ago(seconds=1)},
        }.items():
            someone = await add_person(**options)
            assert told(await browser.log_in(someone.email, "x" * 20)) == REFUSED
            closed = await browser.log_in(someone.email)
            assert told(closed) == ("UNAUTHENTICATED", "This account is closed.")
            assert closed["errors"][0]["extensions"]["referral"] == "AGENCY_ADMINISTRATOR"
            assert await list_records(someone, "reason") == [("PASSWORD_WRONG",), (reason,)]

    async def test_89_days_are_not_90(self, browser, add_person):
        """An account lasts for ninety days after its last log-in, or after it was opened again."""
        for last, enabled in ((89, 400), (400, 89)):
            someone = await add_person(person={"last_login_at": ago(days=last)}, enabled_at=ago(days=enabled))
            assert (await browser.log_in(someone.email))["next"] is None

    async def test_malformed(self, browser):
        """What is no log-in is a bad request, and its text is not repeated."""
        for body in ([], {"email": "a"}, {"email": 1, "password": "b"}, {"email": "a" * 2_000, "password": "b"}):
            response = await browser.post("/auth/login", body)
            assert response.status_code == 400
            assert told(response.json())[0] == "BAD_REQUEST"
            assert len(response.text) < 300
        large = await browser.post("/auth/login", {"email": "a", "password": "b" * 20_000})
        assert (large.status_code, told(large.json())[0]) == (413, "LIMIT_EXCEEDED")
        odd = await browser.client.post(
            "/auth/login", content=b'{"email":"\\ud800","password":"\\ud800"}',
            headers={"louver-csrf": "1", "content-type": "application/json"},
        )  # fmt: skip
        assert odd.status_code == 400

    async def test_only_post(self, browser):
        """Every other method is refused, with the one that is taken."""
        response = await browser.client.get("/auth/login", headers={"louver-csrf": "1"})
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
        assert told(response.json())[0] == "BAD_REQUEST"


class TestLock:
    async def test_five_bad_tries(self, browser, add_person, list_records, store):
        """Five bad tries close the name, to the right password too; then it opens again."""
        ada = await add_person()
        for _ in range(5):
            assert told(await browser.log_in(ada.email, "x" * 20)) == REFUSED
        assert told(await browser.log_in(ada.email)) == REFUSED
        found = await list_records(ada, "event", "reason")
        assert found[-2:] == [("auth.locked", "LOGON_LOCKED"), ("auth.failed", "LOGON_LOCKED")]
        async with store() as connection:
            await connection.execute(update(LogonGuardRow).values(locked_until=ago(seconds=1)))
        assert (await browser.log_in(ada.email))["next"] is None

    async def test_tries_at_once(self, browser, add_person, list_records):
        """A crowd of tries at the same moment gets no more looks at the password than five."""
        ada = await add_person()
        bodies = await asyncio.gather(*(Browser(browser.client).log_in(ada.email, "x" * 20) for _ in range(12)))
        assert {told(body) for body in bodies} == {REFUSED}
        reasons = [reason for event, reason in await list_records(ada, "event", "reason") if event == "auth.failed"]
        assert sorted(reasons) == ["LOGON_LOCKED"] * 7 + ["PASSWORD_WRONG"] * 5

    async def test_nobody_is_locked_as_somebody(self, browser, store):
        """A name that nobody has is counted and locked as any other: being locked tells nothing."""
        email = "no.such.person@alder.example"
        async with store() as connection:
            await connection.execute(delete(LogonGuardRow))
        for _ in range(6):
            assert told(await browser.log_in(email, "x" * 20)) == REFUSED
        async with store() as connection:
            guards = list(await connection.execute(select(LogonGuardRow.__table__)))
        assert [(guard.locked_until is not None, len(guard.bad_at)) for guard in guards] == [(True, 5)]
        assert email not in str(guards)

    async def test_success_clears(self, browser, add_person):
        """Four bad tries and a good one begin the count anew."""
        ada = await add_person()
        for _ in range(2):
            for _ in range(4):
                await browser.log_in(ada.email, "x" * 20)
            assert (await browser.log_in(ada.email))["next"] is None

    async def test_old_tries_do_not_count(self, browser, add_person, store):
        """Tries of more than fifteen minutes ago are forgotten."""
        ada = await add_person()
        for _ in range(4):
            await browser.log_in(ada.email, "x" * 20)
        old = [(ago(minutes=15, seconds=1)).isoformat()] * 4
        async with store() as connection:
            await connection.execute(update(LogonGuardRow).values(bad_at=old, locked_until=None))
        await browser.log_in(ada.email, "x" * 20)
        assert (await browser.log_in(ada.email))["next"] is None


class TestRecords:
    async def test_login_with_address_and_agent(self, browser, add_person, list_records):
        """A log-in is recorded with address and agent; the first from an address has an event of its own."""
        ada = await add_person()
        for _ in range(2):
            await browser.post("/auth/login", {"email": ada.email, "password": PASSWORD}, user_agent="Tablet/7")
        found = await list_records(ada, "event", "outcome", "address", "user_agent", "agency_id")
        rest = ("answered", "127.0.0.1", "Tablet/7", identify("alder"))
        assert found == [("auth.login", *rest), ("auth.new_address", *rest), ("auth.login", *rest)]

    async def test_each_agency_is_told(self, browser, add_person, list_records):
        """A log-in of somebody in two agencies is in the log of both."""
        both = await add_person({"alder": ["hr"], "birch": ["chief"]})
        await browser.log_in(both.email)
        found = await list_records(both, "event", "agency_id")
        agencies = {identify("alder"), identify("birch")}
        assert set(found) == {(event, agency) for event in ("auth.login", "auth.new_address") for agency in agencies}

    async def test_queries_name_person_and_session(self, browser, add_person, list_records):
        """A query's record names the person, the roles, the session and the purpose."""
        ada = await add_person()
        await browser.log_in(ada.email)
        await browser.ask()
        row = (await list_records(ada))[-1]
        assert (row["event"], row["principal_kind"], row["roles"], row["purpose"], row["agency_id"]) == (
            "access.query", "person", ["chief"], "duties as chief", identify("alder"),
        )  # fmt: skip
        assert row["key_prefix"].startswith("ses_")
        assert browser.token not in str(row)


class TestFailingParts:
    async def test_no_record_no_login(self, browser, served, add_person, monkeypatch):
        """While the log takes no records nobody logs in, and no cookie leaves."""
        ada, submit = await add_person(), served.service.store.submit

        def fail(record):
            if record is None and takes_probes:
                return submit(record)
            raise AuditUnavailableError("The access record cannot be stored.")

        for takes_probes in (False, True):  # noqa: B007 - `fail` reads it
            with monkeypatch.context() as patch:
                patch.setattr(served.service.store, "submit", fail)
                response = await browser.post("/auth/login", {"email": ada.email, "password": PASSWORD})
            assert (response.status_code, told(response.json())[0]) == (503, "AUDIT_UNAVAILABLE")
            assert browser.token is None

    async def test_hanging_up(self, browser, served, add_person, list_records, monkeypatch):
        """Whoever hangs up after a try leaves its record, and has had the try."""
        ada, gate = await add_person(), threading.Event()
        hasher = Watched(gate)
        monkeypatch.setattr(served.service.people.desk._office.passwords, "_hasher", hasher)
        body = orjson.dumps({"email": ada.email, "password": "x" * 20})
        _, writer = await asyncio.open_connection(browser.client.base_url.host, browser.client.base_url.port)
        head = "POST /auth/login HTTP/1.1\r\nhost: x\r\nlouver-csrf: 1\r\ncontent-type: application/json\r\n"
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        async with asyncio.timeout(10):
            while not hasher.places:  # noqa: ASYNC110  # a thread has no event
                await asyncio.sleep(0.01)
            writer.transport.abort()
            gate.set()
            while not (found := await list_records(ada, "event", "reason")):  # noqa: ASYNC110  # a file has no event
                await asyncio.sleep(0.02)
        assert found == [("auth.failed", "PASSWORD_WRONG")]


class TestHashes:
    async def test_old_parameters_are_renewed(self, browser, add_person, store):
        """A hash of weaker parameters is replaced at the next log-in, and the password stays."""
        weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        ada = await add_person(password_hash=weak)
        await browser.log_in(ada.email)
        async with store() as connection:
            credential = PersonCredentialRow
            renewed = await connection.scalar(select(credential.password_hash).where(credential.person_id == ada.id))
            logged_in = await connection.scalar(select(PersonRow.last_login_at).where(PersonRow.id == ada.id))
        assert "m=1024,t=1,p=1" in renewed
        assert logged_in > ago(minutes=1)
        assert (await browser.log_in(ada.email))["next"] is None
