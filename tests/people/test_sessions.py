"""Sessions: who is out is out at the next request; what ends them, and what another site can do with them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from louver.db.access import MembershipRow, MembershipUnitRow, PersonRow
from louver.db.codes import PersonStatus
from louver.db.people import PersonSessionRow
from louver.people.cookies import NAME
from tests.people.browser import Browser, told
from tests.world.build import identify
from tests.world.store import key_of

OUT = ("UNAUTHENTICATED", "You are not logged in, or not any more.")
ADMINISTER = """mutation($id: ID!, $roles: [String!]!) {
  assignRoles(input: {personId: $id, roles: $roles}) { roles }
}"""


def ago(**span):
    return datetime.now(UTC) - timedelta(**span)


@pytest.fixture
async def ada(add_person, browser):
    """Somebody who is logged in."""
    ada = await add_person()
    await browser.log_in(ada.email)
    return ada


@pytest.fixture
def change(store):
    """Change rows of one table behind Louver's back."""

    async def change(statement):
        async with store() as connection:
            await connection.execute(statement)

    return change


class TestOutAtOnce:
    async def test_deactivated(self, ada, browser, change):
        """A deactivated person is out at the next request."""
        assert await browser.is_in()
        await change(update(PersonRow).where(PersonRow.id == ada.id).values(status=PersonStatus.DEACTIVATED))
        assert told(await browser.ask()) == OUT

    async def test_membership_removed(self, ada, browser, change):
        """Whose last membership is gone is out at the next request."""
        await change(delete(MembershipRow).where(MembershipRow.person_id == ada.id))
        assert told(await browser.ask()) == OUT

    async def test_one_membership_of_two_removed(self, browser, add_person, change):
        """Whose membership in one agency is gone stays in the other."""
        both = await add_person({"alder": ["hr"], "birch": ["chief"]})
        await browser.log_in(both.email)
        is_it = (MembershipRow.person_id == both.id) & (MembershipRow.agency_id == identify("alder"))
        await change(delete(MembershipRow).where(is_it))
        assert (await browser.ask("{ agencies { nodes { id } } }"))["data"]["agencies"]["nodes"] == [
            {"id": f"agency_{identify('birch').hex}"}
        ]

    async def test_session_ended(self, ada, browser, change):
        """A session that is gone from the store opens nothing."""
        await change(delete(PersonSessionRow).where(PersonSessionRow.person_id == ada.id))
        assert told(await browser.ask()) == OUT

    async def test_lives(self, ada, browser, change, list_records):
        """A session ends after half an hour without a request, and after twelve hours in any case."""
        for values, reason in (
            ({"last_seen_at": ago(minutes=30)}, "SESSION_IDLE"),
            ({"last_seen_at": ago(minutes=0), "expires_at": ago(seconds=0)}, "SESSION_EXPIRED"),
        ):
            await change(update(PersonSessionRow).where(PersonSessionRow.person_id == ada.id).values(values))
            assert told(await browser.ask()) == OUT
            assert (await list_records(ada, "event", "reason"))[-1] == ("auth.failed", reason)

    async def test_use_is_noted(self, ada, browser, served, store, change):
        """A request notes that the session was used, once a minute, and so keeps it."""
        is_it = PersonSessionRow.person_id == ada.id
        await change(update(PersonSessionRow).where(is_it).values(last_seen_at=ago(minutes=29)))
        await asyncio.gather(*(browser.ask() for _ in range(5)))
        await served.service.people.door.close()
        async with store() as connection:
            assert await connection.scalar(select(PersonSessionRow.last_seen_at).where(is_it)) > ago(minutes=1)

    async def test_assigned_role_counts_at_once(self, browser, served, add_person):
        """A member who is assigned another role by the administrator sees by it at the next request."""
        clerk = await add_person({"alder": ["records_clerk"]})
        await browser.log_in(clerk.email)
        fields = "{ officers(first: 100) { nodes { id workPhone badgeNumber } totalCount } }"
        assert await browser.ask(fields) == await served.ask(key_of("records_clerk").text, fields)
        order = {"id": f"person_{clerk.id.hex}", "roles": ["chief"]}
        done = await served.ask(key_of("agency_admin").text, ADMINISTER, order)
        assert done["data"]["assignRoles"]["roles"] == ["chief"]
        assert await browser.ask(fields) == await served.ask(key_of("chief").text, fields)


class TestStatement:
    @pytest.mark.usefixtures("ada")
    async def test_one(self, browser, served):
        """A session costs one statement, as a key does."""
        before = served.service.reader.statements
        await browser.ask()
        assert served.service.reader.statements == before + 1

    async def test_further_units(self, browser, add_person, store):
        """Units beside the first are the member's too."""
        someone = await add_person(
            {"alder": ["supervisor"]}, membership={"unit_id": identify("alder", "unit", "north")}
        )
        async with store() as connection:
            member = MembershipRow
            membership_id = await connection.scalar(select(member.id).where(member.person_id == someone.id))
            for unit in ("south", "fraud"):
                ids = {"agency_id": identify("alder"), "unit_id": identify("alder", "unit", unit)}
                await connection.execute(
                    MembershipUnitRow.__table__.insert().values(membership_id=membership_id, **ids)
                )
        await browser.log_in(someone.email)
        units = (await browser.ask("{ officers(first: 100) { nodes { unit { name } } } }"))["data"]["officers"]["nodes"]
        assert {each["unit"]["name"] for each in units} == {"north", "south", "fraud"}

    async def test_malformed_token_asks_no_store(self, browser, served):
        """What cannot be a token is refused without a look into the store."""
        before = served.service.reader.statements
        for token in ("x", "a" * 44, "é" * 43, '"quoted"'):
            headers = {"louver-csrf": "1", "cookie": f"{NAME}={token}".encode()}
            response = await browser.client.post("/graphql", json={"query": "{ viewer { label } }"}, headers=headers)
            assert told(response.json()) == OUT
        assert served.service.reader.statements == before


class TestLogout:
    @pytest.mark.usefixtures("ada")
    async def test_ends_the_session(self, browser):
        """After log-out the old token opens nothing, and the cookie is taken away."""
        token = browser.token
        response = await browser.post("/auth/logout")
        assert response.headers["set-cookie"].startswith(f"{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
        browser.token = token
        assert told(await browser.ask()) == OUT

    async def test_everywhere(self, ada, browser, list_records):
        """Log-out everywhere ends the sessions of all browsers."""
        other = Browser(browser.client)
        await other.log_in(ada.email)
        await browser.post("/auth/logout-everywhere")
        assert told(await other.ask()) == OUT
        assert (await list_records(ada, "event", "reason"))[-1] == ("auth.logout", "EVERYWHERE")

    async def test_of_nobody(self, browser):
        """Whoever is not logged in may log out, which changes nothing."""
        assert (await browser.post("/auth/logout")).status_code == 200
        assert told(await browser.send("/auth/logout-everywhere")) == OUT


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True, scope="session")  # no store has a part in it
class TestOtherSites:
    @pytest.mark.parametrize(
        "headers",
        [
            {"louver_csrf": None},
            {"louver_csrf": ""},
            {"sec_fetch_site": "cross-site"},
            {"sec_fetch_site": "same-site"},
            {"origin": "https://elsewhere.example"},
            {"origin": "null"},
            {"origin": "http://127.0.0.1:1"},
            {"origin": "http://[broken"},
        ],
        ids=str,
    )
    @pytest.mark.usefixtures("ada")
    async def test_are_refused(self, browser, headers):
        """A request that another site could have made is refused, whatever it asks for."""
        for path in ("/graphql", "/auth/logout", "/auth/login"):
            response = await browser.post(path, {"query": "{ viewer { label } }"}, **headers)
            assert (response.status_code, told(response.json())[0]) == (403, "ACCESS_DENIED")
            assert response.json()["errors"][0]["extensions"]["reason"] == "CSRF"
        assert await browser.is_in()

    @pytest.mark.parametrize(
        "name", ["apollo_require_preflight", "x_apollo_operation_name", "graphql_require_preflight", "x_requested_with"]
    )
    @pytest.mark.usefixtures("ada")
    async def test_header_of_usual_clients(self, browser, name):
        """What GraphQL clients in the field send is taken as well as our own header."""
        authority = browser.client.base_url.netloc.decode()
        headers = {"louver_csrf": None, name: "1", "origin": f"http://{authority}", "sec_fetch_site": "same-origin"}
        assert "data" in await browser.ask(**headers)

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
    @pytest.mark.usefixtures("ada")
    async def test_other_content_types(self, browser, kind):
        """A body that is not JSON is refused, with the header too."""
        for path in ("/graphql", "/auth/logout"):
            response = await browser.post(path, {"query": "{ viewer { label } }"}, content_type=kind)
            assert response.status_code == 415
        assert await browser.is_in()

    @pytest.mark.usefixtures("ada")
    async def test_get(self, browser):
        """Nothing is answered to a GET with the cookie."""
        headers = {"cookie": f"{NAME}={browser.token}"}
        for extra, status in (({}, 403), ({"louver-csrf": "1"}, 405)):
            response = await browser.client.get(
                "/graphql", params={"query": "mutation { __typename }"}, headers=headers | extra
            )
            assert response.status_code == status
            assert "data" not in response.json()

    @pytest.mark.usefixtures("ada")
    async def test_two_cookies(self, browser):
        """Of two cookies of the name neither counts: one of them was set by somebody else."""
        twice = f"{NAME}={browser.token}; {NAME}={browser.token}"
        assert told(await browser.ask(cookie=twice)) == OUT
        assert "data" in await browser.ask(cookie=f"other=1; {NAME}={browser.token}")

    @pytest.mark.usefixtures("ada")
    async def test_key_needs_no_header(self, browser):
        """A key is sent on purpose: it needs no header, and counts before a cookie that was sent along."""
        answer = await browser.ask(authorization=f"Bearer {key_of('hr').text}", louver_csrf=None)
        assert answer["data"]["viewer"]["kind"] == "key"
        assert told(await browser.ask(authorization="Bearer x"))[0] == "UNAUTHENTICATED"


async def test_several_agencies_are_told(add_person, browser, list_records):
    """What a person of several agencies reads is in the log as an access of all of them, not of nobody."""
    both = await add_person({"alder": ["chief"], "birch": ["hr"]})
    await browser.log_in(both.email)
    await browser.ask("query Look { officers(first: 1) { totalCount } }")
    (found,) = [row for row in await list_records(both) if row["operation_name"] == "Look"]
    assert found["agency_id"] is None
    assert found["agency_ids"] == b"".join(sorted(identify(name).bytes for name in ("alder", "birch")))
