"""Log-in by an agency's own identity provider, a real one: the whole way, and every way to bend it."""

from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qsl
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, update

from louver.db.people import IdentityProviderRow, PersonSessionRow
from louver.people.cookies import NAME
from tests.people.browser import PASSWORD, WHO, Browser, told
from tests.people.conftest import PUBLIC_URL
from tests.people.idp import query_of
from tests.people.test_sessions import OUT
from tests.world.build import identify
from tests.world.store import key_of

REFUSED = ("UNAUTHENTICATED", "This log-in is not accepted.")
EVERYTHING = "{ officers(first: 100) { nodes { id rank workPhone badgeNumber } totalCount } }"


class Visitor(Browser):
    """A browser that goes where it is sent."""

    async def get(self, path, **params):
        """Open a page, and keep the cookie that comes with it."""
        headers = {"cookie": f"{NAME}={self.token}"} if self.token else {}
        response = await self.client.get(path, params=params or None, headers=headers)
        if "set-cookie" in response.headers:
            self.token = response.headers["set-cookie"].partition(";")[0].partition("=")[2] or None
        return response

    async def start(self, provider, **params):
        """Begin, and answer the address at the provider."""
        response = await self.get(f"/auth/oidc/{provider}/start", **params)
        assert response.status_code == 303, response.text
        return response.headers["location"]

    async def go_back(self, location):
        """Come back from the provider, whose address for us is the public one."""
        assert location.startswith(f"{PUBLIC_URL}/auth/oidc/")
        return await self.get(location.removeprefix(PUBLIC_URL))


@pytest.fixture
def browser(served):
    """A browser that is not logged in."""
    return Visitor(served.client)


def sent_to(requests):
    """Make a hook that notes requests."""

    async def note(request):
        requests.append(request)

    return note


@pytest.fixture
def know(idp):
    """Let the provider know somebody; answers the name there."""

    def know(someone, **claims):
        sub = uuid4().hex
        idp.know(sub, **({"email": someone.email, "groups": ["chiefs"]} | claims))
        return sub

    return know


@pytest.fixture
def log_in(browser, idp, know):
    """Go the whole way, and answer the last response."""

    async def log_in(someone, provider, **claims):
        location = await browser.start(provider)
        return await browser.go_back(idp.consent(location, know(someone, **claims)))

    return log_in


class TestWholeWay:
    async def test_chief(self, browser, served, add_person, add_provider, log_in, list_records):
        """Whoever the provider says is a chief sees as chief, whatever the membership says; and it is in the log."""
        ada, provider = await add_person({"alder": ["hr"]}, password_hash=None), await add_provider()
        response = await log_in(ada, provider)
        assert (response.status_code, response.json()["person"]["email"]) == (200, ada.email)
        assert await browser.ask(EVERYTHING) == await served.ask(key_of("chief").text, EVERYTHING)
        found = await list_records(ada, "event", "key_prefix", "agency_id", "roles")
        rest = (f"idp_{provider}", identify("alder"), ["chief"])
        assert found[:2] == [("auth.login", *rest), ("auth.new_address", *rest)]

    async def test_request(self, browser, add_provider, idp):
        """The provider is asked for a code, with PKCE, state and nonce, and our address as the operator gave it."""
        provider = await add_provider()
        location = await browser.start(provider)
        query = query_of(location)
        assert location.startswith(f"{idp.issuer}/oauth2/authorize?")
        assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
        assert query["redirect_uri"] == f"{PUBLIC_URL}/auth/oidc/{provider}/callback"
        assert len(query["code_challenge"]) == 43
        again = query_of(await browser.start(provider))
        assert all(query[name] != again[name] for name in ("state", "nonce", "code_challenge"))

    async def test_verifier(self, served, add_person, add_provider, browser, idp, know, monkeypatch):
        """The code is redeemed with the verifier whose digest went ahead, and with the client's own secret."""
        sent, client = [], served.service.people.desk._oidc._oidc.key_sets.client
        monkeypatch.setattr(client, "_event_hooks", {"request": [sent_to(sent)], "response": []})
        provider = await add_provider()
        location = await browser.start(provider)
        await browser.go_back(idp.consent(location, know(await add_person())))
        request = next(each for each in sent if each.url.path == "/oauth2/token")
        verifier = dict(parse_qsl(request.content.decode()))["code_verifier"]
        digest = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
        assert digest == query_of(location)["code_challenge"]
        credentials = f"client-{provider}:s%26cret%2B%25".encode()
        assert request.headers["authorization"] == f"Basic {b64encode(credentials).decode()}"

    async def test_only_the_provider_s_agency(self, browser, add_person, add_provider, log_in):
        """Who is in two agencies is in the provider's alone, with what its claims come to."""
        both = await add_person({"alder": ["hr"], "birch": ["chief"]})
        await log_in(both, await add_provider())
        memberships = (await browser.ask())["data"]["viewer"]["memberships"]
        assert [(each["agencyId"], each["roles"]) for each in memberships] == [
            (f"agency_{identify('alder').hex}", ["chief"])
        ]

    async def test_next(self, browser, add_person, add_provider, idp, know):
        """Afterwards the browser goes to a page of this site, and to none of another."""
        ada, provider = await add_person(), await add_provider()
        back = await browser.go_back(idp.consent(await browser.start(provider, next="/board?a=1"), know(ada)))
        assert (back.status_code, back.headers["location"]) == (303, "/board?a=1")
        for bad in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "board", "/a\nb", "/é"):
            response = await browser.get(f"/auth/oidc/{provider}/start", next=bad)
            assert (response.status_code, "location" in response.headers) == (400, False)

    async def test_client_secret(self, add_person, add_provider, log_in, tmp_path):
        """The client's secret is read where the configuration says that it is; if it is not there, nobody comes in."""
        ada, secret = await add_person(), tmp_path / "secret"
        for reference in (f"file:{secret}", "env:NO_SUCH_SECRET"):
            response = await log_in(ada, await add_provider(client_secret=reference))
            assert (response.status_code, told(response.json())[0]) == (500, "MISCONFIGURED")
            assert not [text for text in (str(secret), "NO_SUCH_SECRET") if text in response.text]
        secret.write_text("s&cret+%\n")
        assert (await log_in(ada, await add_provider(client_secret=f"file:{secret}"))).status_code == 200


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True, scope="session")  # no store has a part in it
class TestRefused:
    async def test_whom_the_agency_does_not_know(self, browser, add_person, add_provider, log_in, list_records):
        """No member, no role, a closed account: nobody comes in, and the log says why."""
        provider = await add_provider()
        foreign, ada = await add_person({"birch": ["chief"]}), await add_person()
        idle = await add_person(enabled_at=None)
        for someone, claims in ((foreign, {}), (ada, {"groups": ["x"]}), (ada, {"email_verified": False}), (idle, {})):
            response = await log_in(someone, provider, **claims)
            assert (response.status_code, told(response.json())) == (401, REFUSED)
            assert not await browser.is_in()
        reasons = [reason for (reason,) in await list_records(ada, "reason")]
        assert reasons == ["TOKEN_WITHOUT_ROLE", "EMAIL_UNVERIFIED"]
        assert await list_records(idle, "reason") == [("PERSON_IDLE",)]

    async def test_another_browser(self, browser, add_person, add_provider, idp, know):
        """An answer of the provider that was meant for one browser opens nothing in another."""
        ada, provider = await add_person(), await add_provider()
        location = idp.consent(await browser.start(provider), know(ada))
        other = Visitor(browser.client)
        assert told((await other.go_back(location)).json()) == REFUSED
        await other.start(provider)
        assert told((await other.go_back(location)).json()) == REFUSED
        assert not await other.is_in()
        assert (await browser.go_back(location)).status_code == 200

    async def test_bent_answers(self, browser, add_person, add_provider, idp, know):
        """A missing or changed state, another provider's, a made-up code, a refusal by the person: nobody comes in."""
        ada, provider, other = await add_person(), await add_provider(), await add_provider()
        start = await browser.start(provider)
        good = httpx.URL(idp.consent(start, know(ada)))
        state = good.params["state"]
        for location in (
            good.copy_remove_param("state"),
            good.copy_set_param("state", f"{state[:-4]}AAAA"),
            good.copy_set_param("state", "é"),
            good.copy_with(path=f"/auth/oidc/{other}/callback"),
            good.copy_set_param("code", "made-up"),
            good.copy_remove_param("code"),
        ):
            response = await browser.go_back(str(location))
            assert (response.status_code, told(response.json())[0]) == (401, "UNAUTHENTICATED")
        denied = await browser.go_back(idp.consent(start, know(ada), action="deny") + f"&state={state}")
        assert told(denied.json())[1] == "The identity provider refused the log-in."

    async def test_code_is_used_once(self, browser, add_person, add_provider, idp, know):
        """The same answer a second time opens nothing."""
        ada, provider = await add_person(), await add_provider()
        browser.token = "a" * 43
        location = idp.consent(await browser.start(provider), know(ada))
        assert (await browser.go_back(location)).status_code == 200
        browser.token = "a" * 43
        assert told((await browser.go_back(location)).json()) == REFUSED

    async def test_nonce(self, browser, add_person, add_provider, idp, know):
        """A token that was issued for another log-in is not taken for this one."""
        ada, provider = await add_person(), await add_provider()
        location = httpx.URL(await browser.start(provider)).copy_set_param("nonce", "another")
        back = await browser.go_back(idp.consent(str(location), know(ada)))
        assert told(back.json()) == REFUSED

    async def test_unknown_provider(self, browser, add_provider, store):
        """A provider that there is not, is for bearer tokens only or is out of use gets one answer."""
        bearer_only, off = await add_provider(client_id=None), await add_provider()
        async with store() as connection:
            row = IdentityProviderRow
            await connection.execute(update(row).where(row.name == off).values(disabled_at=row.created_at))
        for name in ("nobody", bearer_only, off, "a" * 90, "UPPER"):
            response = await browser.get(f"/auth/oidc/{name}/start")
            assert (response.status_code, "set-cookie" in response.headers) == (400, False)
            assert told(response.json())[0] == "BAD_REQUEST"

    async def test_other_methods(self, browser, add_provider):
        """Nothing is posted there."""
        response = await browser.post(f"/auth/oidc/{await add_provider()}/start")
        assert (response.status_code, response.headers["allow"]) == (405, "GET")


class TestSession:
    async def test_out_with_the_provider(self, browser, add_person, add_provider, log_in, store):
        """When the provider is out of use, whoever it vouched for is out at the next request."""
        ada, provider = await add_person(), await add_provider()
        await log_in(ada, provider)
        assert await browser.is_in()
        async with store() as connection:
            row = IdentityProviderRow
            await connection.execute(update(row).where(row.name == provider).values(disabled_at=row.created_at))
        assert told(await browser.ask()) == OUT

    async def test_replaces_the_old_one(self, browser, add_person, add_provider, log_in, store):
        """A log-in keeps no session that the browser had before, and takes no token that was planted in it."""
        ada, provider = await add_person(), await add_provider()
        await browser.log_in(ada.email)
        old = browser.token
        await log_in(ada, provider)
        assert browser.token != old
        async with store() as connection:
            session = PersonSessionRow
            found = (await connection.execute(select(session.provider_id).where(session.person_id == ada.id))).all()
        assert len(found) == 1
        browser.token = old
        assert told(await browser.ask(WHO)) == OUT

    async def test_sets_no_password(self, browser, add_person, add_provider, log_in):
        """A session by a provider leads to none of ours: the second factor has not been given."""
        ada = await add_person()
        await log_in(ada, await add_provider())
        new = {"currentPassword": PASSWORD, "newPassword": "four herons cross the weir"}
        assert told(await browser.send("/auth/password", **new)) == OUT
        assert told(await browser.send("/auth/totp/enrol", password=PASSWORD)) == OUT
        assert await browser.is_in()
        await browser.post("/auth/logout-everywhere")
        assert not await browser.is_in()
