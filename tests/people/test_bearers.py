"""Bearer tokens of an agency's own provider, a real one: what opens what, and what opens nothing."""

import base64
import hmac
import json
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from louver.db.access import MembershipRow, PersonRow
from louver.db.codes import PersonStatus
from louver.db.people import IdentityProviderRow
from louver.people.key_sets import RETRY_SECONDS
from tests.people.browser import WHO, told
from tests.world.build import identify
from tests.world.store import key_of

REFUSED = ("UNAUTHENTICATED", "The token is not accepted.")
EVERYTHING = "{ officers(first: 100) { nodes { id rank workPhone badgeNumber employeeId } totalCount } }"


def encode(part):
    return base64.urlsafe_b64encode(part if isinstance(part, bytes) else json.dumps(part).encode()).decode().rstrip("=")


def decode(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.fixture
def issue(idp):
    """Have the provider sign a token for somebody."""

    def issue(someone, provider, **claims):
        claims = {"email": someone.email, "groups": ["chiefs"]} | claims
        return idp.issue(uuid4().hex, f"audience-{provider}", **claims)

    return issue


@pytest.fixture
def refused(served, list_records):
    """Send a token that is refused, and answer the reason in the log."""

    async def refused(token):
        response = await served.post(token, WHO)
        assert (response.status_code, told(response.json())) == (401, REFUSED)
        return (await list_records(UUID(response.headers["x-request-id"]), "reason"))[0][0]

    return refused


@pytest.fixture
def key_sets(served, monkeypatch):
    """What the server keeps of providers, with a clock that can be moved on."""
    kept = served.service.people.door._bearers._key_sets
    now = kept._clock()
    times = [now]
    monkeypatch.setattr(kept, "_clock", lambda: times[-1])
    kept._kept.clear()
    kept.move = lambda seconds: times.append(times[-1] + seconds)
    yield kept
    kept._kept.clear()


class TestTaken:
    async def test_roles_are_the_map_s(self, served, add_person, add_provider, issue, list_records):
        """A token opens what its claims are mapped to, whatever the membership says, and is known as a person."""
        ada, provider = await add_person({"alder": ["agency_admin"]}), await add_provider()
        token = issue(ada, provider)
        assert await served.ask(token, EVERYTHING) == await served.ask(key_of("chief").text, EVERYTHING)
        viewer = (await served.ask(token, WHO))["data"]["viewer"]
        assert (viewer["kind"], viewer["purpose"]) == ("person", "duties as chief")
        staff = (await served.ask(issue(ada, provider, groups=["staff", "others"]), WHO))["data"]["viewer"]
        assert staff["memberships"][0]["roles"] == ["auditor", "hr"]
        row = (await list_records(ada))[0]
        assert (row["key_prefix"], row["agency_id"]) == (f"idp_{provider}", identify("alder"))

    async def test_one_statement(self, served, add_person, add_provider, issue):
        """A token costs one statement, as a key does."""
        token = issue(await add_person(), await add_provider())
        before = served.service.reader.statements
        await served.ask(token, WHO)
        assert served.service.reader.statements == before + 1

    async def test_only_the_provider_s_agency(self, served, add_person, add_provider, issue):
        """A provider vouches for its own agency alone, also for who is in another as well."""
        both, provider = await add_person({"alder": ["hr"], "birch": ["chief"]}), await add_provider()
        memberships = (await served.ask(issue(both, provider), WHO))["data"]["viewer"]["memberships"]
        assert [each["agencyId"] for each in memberships] == [f"agency_{identify('alder').hex}"]

    async def test_other_claims(self, served, add_person, add_provider, issue):
        """Which claims name the person and the roles is the agency's to say; roles may stand inside another claim."""
        ada = await add_person()
        provider = await add_provider(person_claim="upn", roles_claim="realm_access.roles")
        token = issue(ada, provider, email="else@x.example", upn=ada.email.upper(), realm_access={"roles": ["chiefs"]})
        assert "data" in await served.ask(token, WHO)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True, scope="session")  # no store has a part in it
class TestRefused:
    async def test_whom_the_store_does_not_know(self, refused, add_person, add_provider, issue):
        """Whoever is no member, or of another agency, or has no mapped role, is nobody."""
        provider = await add_provider()
        foreign, ada = await add_person({"birch": ["chief"]}), await add_person()
        assert await refused(issue(foreign, provider)) == "PERSON_UNKNOWN"
        for claims, reason in (
            ({"email": "nobody@alder.example"}, "PERSON_UNKNOWN"),
            ({"email": [ada.email]}, "PERSON_UNKNOWN"),
            ({"groups": ["others"]}, "TOKEN_WITHOUT_ROLE"),
            ({"groups": "others"}, "TOKEN_WITHOUT_ROLE"),
            ({"groups": {"chiefs": True}}, "TOKEN_WITHOUT_ROLE"),
            ({"email_verified": False}, "EMAIL_UNVERIFIED"),
            ({"email_verified": "true"}, "EMAIL_UNVERIFIED"),
        ):
            assert await refused(issue(ada, provider, **claims)) == reason

    async def test_map_gives_no_support(self, refused, add_person, add_provider, issue):
        """A map that was written behind our back makes nobody vendor support."""
        provider = await add_provider(role_map='{"chiefs": ["support", "partner"]}')
        assert await refused(issue(await add_person(), provider)) == "TOKEN_WITHOUT_ROLE"

    async def test_claims_that_were_not_agreed_on(self, refused, idp, add_person, add_provider, issue):
        """Another issuer or audience, a time that is over or not yet: refused, though the signature is right."""
        ada, provider = await add_person(), await add_provider()
        now = decode(issue(ada, provider).split(".")[1])["iat"]
        for claims, reason in (
            ({"exp": now - 61}, "TOKEN_EXP"),
            ({"exp": "tomorrow"}, "TOKEN_EXP"),
            ({"exp": None}, "TOKEN_EXP"),
            ({"nbf": now + 120}, "TOKEN_NBF"),
            ({"iat": now + 120}, "TOKEN_IAT"),
            ({"iss": "https://elsewhere.example"}, "PROVIDER_UNKNOWN"),
            ({"aud": "somebody-else"}, "PROVIDER_UNKNOWN"),
            ({"aud": None}, "PROVIDER_UNKNOWN"),
        ):
            assert await refused(issue(ada, provider, **claims)) == reason
        for_login = idp.issue(uuid4().hex, f"client-{provider}", email=ada.email, groups=["chiefs"])
        assert await refused(for_login) == "PROVIDER_UNKNOWN"

    async def test_small_leeway(self, served, add_person, add_provider, issue):
        """Clocks may differ by less than a minute."""
        ada, provider = await add_person(), await add_provider()
        now = decode(issue(ada, provider).split(".")[1])["iat"]
        for claims in ({"exp": now - 30}, {"nbf": now + 30}, {"aud": ["another", f"audience-{provider}"]}):
            assert "data" in await served.ask(issue(ada, provider, **claims), WHO)

    async def test_forged(self, refused, idp, add_person, add_provider, issue):
        """Without a signature, with the public key as a secret, changed, or with a key of its own: refused."""
        ada, provider = await add_person(), await add_provider(algorithms=["RS256", "HS256", "none"])
        header, claims, signature = issue(ada, provider).split(".")
        other = encode(decode(claims) | {"groups": ["staff"]})
        public = json.dumps(idp.read_public_key()).encode()
        secret = f"{encode({'alg': 'HS256'})}.{claims}"
        for token in (
            f"{encode({'alg': 'none'})}.{claims}.",
            f"{secret}.{encode(hmac.digest(public, secret.encode(), 'sha256'))}",
            f"{header}.{other}.{signature}",
            f"{header}.{claims}.{signature[:-4]}AAAA",
            f"{header}.{claims}.",
            f"{encode(decode(header) | {'jwk': idp.read_public_key(), 'kid': 'x'})}.{claims}.{signature}",
            f"{encode(decode(header) | {'crit': ['exp'], 'exp': 1})}.{claims}.{signature}",
        ):
            assert await refused(token) == "TOKEN_SIGNATURE"
        assert await refused(f"{encode({'alg': 'RS512'})}.{claims}.{signature}") == "TOKEN_ALGORITHM"

    @pytest.mark.parametrize(
        "text", ["eyJ", "eyJ.eyJ.eyJ", "eyJhIjox.eyJhIjox.x", "eyJ" + "a" * 20_000, f"{encode({'alg': 'RS256'})}.e30.x"]
    )
    async def test_malformed(self, served, refused, text):
        """What is no token asks neither the store nor a provider."""
        before = served.service.reader.statements
        assert await refused(text) == "CREDENTIAL_MALFORMED"
        assert served.service.reader.statements == before

    async def test_deep_nesting(self, refused):
        """A token that is nested very deep is no token."""
        nested = f"{encode({'alg': 'RS256'})}.{encode(b'[' * 9_000)}.x"
        assert await refused(nested) == "CREDENTIAL_MALFORMED"

    async def test_two_agencies_with_one_audience(self, refused, add_person, add_provider, issue):
        """Where two agencies claim the same audience of one issuer, a token is for neither."""
        audience = uuid4().hex
        provider = await add_provider(audience=audience)
        await add_provider("birch", audience=audience)
        assert await refused(issue(await add_person(), provider, aud=audience)) == "PROVIDER_UNKNOWN"


class TestOutAtOnce:
    async def test_all_ways(self, served, refused, store, add_person, add_provider, issue):
        """Deactivated, removed, or by a provider that is out of use: out at the next request."""
        for table, key, values in (
            (PersonRow, PersonRow.id, {"status": PersonStatus.DEACTIVATED}),
            (MembershipRow, MembershipRow.person_id, None),
        ):
            ada, provider = await add_person(), await add_provider()
            token = issue(ada, provider)
            assert "data" in await served.ask(token, WHO)
            change = delete(table) if values is None else update(table).values(values)
            async with store() as connection:
                await connection.execute(change.where(key == ada.id))
            await refused(token)
        ada, provider = await add_person(), await add_provider()
        token = issue(ada, provider)
        async with store() as connection:
            row = IdentityProviderRow
            await connection.execute(update(row).where(row.name == provider).values(disabled_at=row.created_at))
        await refused(token)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True, scope="session")  # no store has a part in it
class TestKeys:
    async def test_rotated(self, served, refused, idp, key_sets, add_person, add_provider, issue):
        """New keys are found with the first token that needs them, and old tokens are out then."""
        ada, provider = await add_person(), await add_provider()
        old = issue(ada, provider)
        assert "data" in await served.ask(old, WHO)
        idp.restart()
        key_sets.move(RETRY_SECONDS)
        assert "data" in await served.ask(issue(ada, provider), WHO)
        assert await refused(old) == "TOKEN_SIGNATURE"

    async def test_fetched_rarely(self, served, refused, key_sets, add_person, add_provider, issue):
        """Tokens by keys that nobody has make us ask the provider once a minute, not once a token."""
        ada, provider = await add_person(), await add_provider()
        token = issue(ada, provider)
        header, claims, signature = token.split(".")
        fetches = key_sets.fetches
        for _ in range(3):
            assert "data" in await served.ask(token, WHO)
            unknown = encode(decode(header) | {"kid": uuid4().hex})
            await refused(f"{unknown}.{claims}.{signature}")
        assert key_sets.fetches == fetches + 1
        key_sets.move(RETRY_SECONDS)
        await refused(f"{encode(decode(header) | {'kid': 'x'})}.{claims}.{signature}")
        assert key_sets.fetches == fetches + 2

    async def test_provider_away(self, served, idp, key_sets, add_person, add_provider, issue):
        """While the provider is away its keys are used for a day; without any, the answer is that it is away."""
        ada, provider = await add_person(), await add_provider()
        token = issue(ada, provider)
        assert "data" in await served.ask(token, WHO)
        idp.stop()
        try:
            key_sets.move(3_700)
            assert "data" in await served.ask(token, WHO)
            key_sets.move(86_400)
            response = await served.post(token, WHO)
            assert (response.status_code, told(response.json())[0]) == (503, "PROVIDER_UNAVAILABLE")
        finally:
            idp.start()
