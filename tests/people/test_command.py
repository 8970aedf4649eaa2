"""`louver person` and `louver provider`: an administrator keeps the agency's people, and nobody else's."""

import asyncio
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from click.testing import CliRunner

from louver.cli import main
from tests.people.browser import Browser, told
from tests.server import logging_restored
from tests.world.build import identify
from tests.world.store import key_of

NEW = "four herons cross the weir"
WITH_OWN_BADGE = 11


@pytest.fixture
def louver(desk, people_url):
    """Run a command as the administrator, beside the running server."""
    folder = desk[1]
    environment = {
        "LOUVER_DATABASE_URL": people_url,
        "LOUVER_AUDIT_URL": f"sqlite:///{folder}/audit.db",
        "LOUVER_VAR": str(folder),
        "LOUVER_SECRET": "s" * 32,
    }

    async def run(*arguments, holder="agency_admin", command="person"):
        with logging_restored():
            runner, key = CliRunner(catch_exceptions=False), key_of(holder).text if holder else ""
            return await asyncio.to_thread(
                runner.invoke, main, [command, *arguments], env=environment | {"LOUVER_KEY": key}
            )

    return run


def new_email():
    return f"{uuid4().hex}@alder.example"


class TestPerson:
    async def test_whole_life(self, louver, browser):
        """A person is made, has to choose a password, is closed and opened, gets a new password and is removed."""
        email = new_email()
        done = await louver("add", "--email", email.upper(), "--name", "Ada Brook", "--role", "chief")
        assert (done.exit_code, done.stderr) == (
            0, f"{email}: The password is not shown again; it has to be changed at log-in.\n",
        )  # fmt: skip
        first = done.stdout.strip()
        assert (await browser.log_in(email, first))["next"] == "password"
        await browser.send("/auth/password", currentPassword=first, newPassword=NEW)
        assert await browser.is_in()
        assert (await louver("disable", email)).exit_code == 0
        assert not await browser.is_in()
        assert (await louver("enable", email)).exit_code == 0
        assert (await browser.log_in(email, NEW))["next"] is None
        again = json.loads((await louver("password", email, "--json")).stdout)["password"]
        assert not await browser.is_in()
        assert (await browser.log_in(email, again))["next"] == "password"
        listed = json.loads((await louver("list", "--json")).stdout)
        assert ["chief"] in [each["roles"] for each in listed if each["email"] == email]
        assert (await louver("remove", email)).exit_code == 0
        assert told(await browser.log_in(email, again))[1] == "This account is closed."

    async def test_officer_is_who_the_badge_says(self, louver, browser, world):
        """A person with the role officer has to be an officer, and is the one named."""
        badge = next(
            row["badge_number"]
            for row in world.of_agency("Officer", "alder")
            if row["id"] == identify("alder", "officer", WITH_OWN_BADGE)
        )
        email = new_email()
        arguments = ("add", "--email", email, "--name", "B", "--role", "officer")
        assert (await louver(*arguments)).exit_code == 2
        first = (await louver(*arguments, "--officer", badge)).stdout.strip()
        await browser.log_in(email, first)
        await browser.send("/auth/password", currentPassword=first, newPassword=NEW)
        officer_id = f"officer_{identify('alder', 'officer', WITH_OWN_BADGE).hex}"
        assert (await browser.ask())["data"]["viewer"]["memberships"][0]["officerId"] == officer_id

    async def test_lock_and_factor(self, louver, browser, add_person):
        """An administrator opens a lock and takes a lost second factor away."""
        ada = await add_person(totp_confirmed_at=datetime(2026, 1, 1, tzinfo=UTC))
        for _ in range(5):
            await browser.log_in(ada.email, "x" * 20)
        assert told(await browser.log_in(ada.email)) == ("UNAUTHENTICATED", "This log-in is not accepted.")
        await louver("enable", ada.email)
        assert (await browser.log_in(ada.email))["next"] == "totp"
        await louver("reset-totp", ada.email)
        assert (await browser.log_in(ada.email))["next"] is None

    async def test_operator(self, louver, add_person, browser, list_records):
        """At the service's own machine somebody of another agency is made a member, and an account of two is kept."""
        ada = await add_person({"birch": ["hr"]})
        at_alder, key = ("--agency", identify("alder").hex), {"holder": None}
        done = await louver("add", "--email", ada.email, "--name", "A", "--role", "chief", *at_alder, **key)
        assert (done.exit_code, done.stdout) == (0, "")
        await browser.log_in(ada.email)
        assert len((await browser.ask())["data"]["viewer"]["memberships"]) == 2
        given = (await louver("password", ada.email, *at_alder, **key)).stdout.strip()
        assert (await browser.log_in(ada.email, given))["next"] == "password"
        assert (await louver("password", ada.email, "--agency", "nowhere", **key)).exit_code == 2
        assert (await louver("password", ada.email, **key)).exit_code == 2
        found = await list_records("operator", "event", "operation_name", "purpose", "agency_id")
        expected = ("person.changed", "louver person password", "running the installation", identify("alder"))
        assert expected in found
        assert all(row["variables"]["email"] != ada.email for row in await list_records("operator"))

    async def test_others(self, louver, add_person):
        """People of another agency are not found, and those of two are for none of them to change."""
        foreign, both = await add_person({"birch": ["chief"]}), await add_person({"alder": ["hr"], "birch": ["hr"]})
        for command in ("password", "reset-totp", "disable", "enable"):
            for someone, message in ((foreign, "no such member"), (both, "another agency's too")):
                done = await louver(command, someone.email)
                assert (done.exit_code, message in done.stderr) == (2, True)
        taken = await louver("add", "--email", foreign.email, "--name", "A", "--role", "hr")
        assert (taken.exit_code, foreign.email in taken.stderr) == (2, False)
        assert (await louver("remove", both.email)).exit_code == 0

    @pytest.mark.parametrize(
        ("change", "hint"),
        [
            ({"--role": "support"}, "roles are"),
            ({"--role": "partner"}, "roles are"),
            ({"--role": "emperor"}, "roles are"),
            ({"--role": "supervisor"}, "--unit"),
            ({"--role": "post_auditor"}, "--trainings-from"),
            ({"--email": "nobody"}, "--email"),
            ({"--name": " "}, "--name"),
        ],
        ids=str,
    )
    async def test_senseless(self, louver, change, hint):
        """A member who could not come in, or would see what nobody meant, is not made; it is said what to give."""
        order = {"--email": new_email(), "--name": "A", "--role": "hr"} | change
        done = await louver("add", *flatten(order))
        assert (done.exit_code, done.stdout) == (2, "")
        assert hint in done.stderr.partition("hint: ")[2]
        listed = json.loads((await louver("list", "--json")).stdout)
        assert order["--email"] not in [each["email"] for each in listed]

    async def test_only_by_who_may(self, louver, add_person, browser, list_records):
        """A chief keeps no people and nothing is done or shown; each refusal is recorded."""
        ada = await add_person()
        await browser.log_in(ada.email)
        for arguments in (("list",), ("disable", ada.email), ("password", ada.email)):
            done = await louver(*arguments, holder="chief")
            assert (done.exit_code, done.stdout, "ACCESS_DENIED" in done.stderr) == (2, "", True)
        assert await browser.is_in()
        assert (await Browser(browser.client).log_in(ada.email))["next"] is None
        names = ("operation_name", "event", "outcome", "principal_id")
        recorded = [row for row in await list_records("key", *names) if row[-1] == identify("key", "chief")]
        for command in ("list", "disable", "password"):
            assert (f"louver person {command}", "access.denied", "refused", identify("key", "chief")) in recorded


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True, scope="session")
class TestProvider:
    GOOD = {  # noqa: RUF012 - read only
        "--name": "alder-idp", "--issuer": "https://id.alder.example", "--roles-claim": "groups",
        "--client-id": "louver", "--client-secret": "env:IDP_SECRET", "--audience": "louver-api",
        "--map": "CN=Chiefs,OU=PD=chief,hr",
    }  # fmt: skip

    async def test_add_list_disable(self, louver):
        """A provider is set up, listed without its secret, and taken out of use by its own agency alone."""
        done = await louver("add", *flatten(self.GOOD), command="provider")
        assert "/auth/oidc/alder-idp/callback" in done.stdout
        listed = json.loads((await louver("list", "--json", command="provider")).stdout)[0]
        assert listed["role_map"] == {"CN=Chiefs,OU=PD": ["chief", "hr"]}
        assert (listed["client_secret"], listed["algorithms"]) == ("env:IDP_SECRET", ["RS256"])
        again = await louver("add", *flatten(self.GOOD), command="provider")
        assert (again.exit_code, "taken" in again.stderr) == (2, True)
        foreign = await louver("disable", "alder-idp", command="provider", holder="foreign chief")
        assert foreign.exit_code == 2
        assert (await louver("disable", "alder-idp", command="provider")).exit_code == 0
        assert (await louver("disable", "alder-idp", command="provider")).exit_code == 2

    @pytest.mark.parametrize(
        ("change", "hint"),
        [
            ({"--name": "Alder IdP"}, "small letters"),
            ({"--issuer": "http://id.alder.example"}, "--issuer"),
            ({"--issuer": "ftp://127.0.0.1"}, "--issuer"),
            ({"--client-id": None, "--audience": None, "--client-secret": None}, "--client-id"),
            ({"--audience": "louver"}, "--audience"),
            ({"--client-secret": "s3cr3t-of-alder"}, "env:NAME"),
            ({"--algorithm": "HS256"}, "RS256"),
            ({"--algorithm": "none"}, "RS256"),
            ({"--person-claim": "sub"}, "--help"),
            ({"--map": "chiefs"}, "--map"),
            ({"--map": "chiefs=support"}, "roles are"),
            ({"--map": "chiefs=partner"}, "roles are"),
            ({"--map": "chiefs=emperor"}, "roles are"),
        ],
        ids=str,
    )
    async def test_senseless(self, louver, change, hint):
        """A provider that would be unsafe, or would vouch for nobody, is not set up; a secret is not repeated."""
        order = self.GOOD | {"--name": f"n{uuid4().hex}"} | change
        done = await louver("add", *flatten(order), command="provider")
        assert (done.exit_code, done.stdout) == (2, "")
        assert hint in done.stderr.partition("hint: ")[2]
        assert "s3cr3t" not in done.output
        listed = json.loads((await louver("list", "--json", command="provider")).stdout)
        assert order["--name"] not in [each["name"] for each in listed]


def flatten(order):
    return [part for pair in order.items() if pair[1] is not None for part in pair]
