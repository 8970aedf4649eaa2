"""Keys at the door: who comes in as what, and what the others are told."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from louver.authz import keys
from louver.authz.keys import issue_key
from louver.authz.vocabulary import PrincipalKind, Reason
from louver.db.access import ApiKeyRow, PersonRow, SupportGrantRow
from louver.db.agencies import AgencyRow, UnitRow
from louver.db.codes import PersonStatus

HOUR = timedelta(hours=1)


def now() -> datetime:
    return datetime.now(UTC)


async def told(server, credential: str | None) -> tuple[int, str]:
    """Answer the status and the message that a credential gets."""
    headers = {"authorization": credential} if credential is not None else {}
    response = await server.post("{answer}", headers=headers)
    error = response.json()["errors"][0]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert "data" not in response.json()
    return response.status_code, error["message"]


class TestRefused:
    async def test_bad_credentials_are_told_apart_by_nobody(self, server, key):
        """A missing, malformed, unknown or wrong key gets one answer: the ids of keys cannot be found by trying."""
        prefix = key.split("_")[1]
        other = issue_key().text
        wrong_secret = self._with_prefix(prefix)
        answers = {
            await told(server, credential)
            for credential in (None, "", "Basic x", "Bearer", f"Bearer {key}x", f"Bearer {other}", wrong_secret)
        }
        assert {(401, "No valid key was sent.")} == answers

    @staticmethod
    def _with_prefix(prefix: str) -> str:
        """Make a well-formed key of an existing id with another secret."""
        body = f"lvr_{prefix}_{'x' * 43}"
        return f"Bearer {body}_{keys._sum(body)}"

    async def test_reasons_are_logged(self, server, key, list_rows):
        """The log tells what the client is not told."""
        prefix = key.split("_")[1]
        for credential in (None, "Bearer x", f"Bearer {issue_key().text}", self._with_prefix(prefix)):
            await told(server, credential)
        rows = await list_rows()
        expected = ["CREDENTIAL_MISSING", "CREDENTIAL_MALFORMED", "KEY_UNKNOWN", "KEY_WRONG"]
        assert expected == [row["reason"] for row in rows]
        assert {("auth.failed", "refused", "unauthenticated")} == {
            (row["event"], row["outcome"], row["purpose"]) for row in rows
        }
        assert rows[3]["key_prefix"] == prefix

    async def test_expired(self, server, issue, list_rows):
        """Whoever proves that an expired key is theirs is told that it has expired."""
        key = await issue(expires_at=now() - timedelta(seconds=1))
        assert await told(server, f"Bearer {key}") == (401, "This key has expired.")
        row = (await list_rows())[0]
        assert ("KEY_EXPIRED", key.split("_")[1]) == (row["reason"], row["key_prefix"])
        assert row["agency_id"] is not None

    async def test_revoked(self, server, issue):
        """A revoked key says so, even if it has not expired."""
        key = await issue(revoked_at=now() - timedelta(seconds=1))
        assert await told(server, f"Bearer {key}") == (401, "This key was revoked.")

    async def test_person_deactivated(self, server, issue, add):
        """A key that acts for a person is out with the person."""
        person = await add(PersonRow, email="a@example.org", name="A", status=PersonStatus.DEACTIVATED)
        key = await issue(person_id=person)
        assert await told(server, f"Bearer {key}") == (401, "The account that this key acts for is closed.")

    async def test_wrong_secret_of_expired_key(self, server, issue):
        """Whether a key has expired is told to its owner alone."""
        key = await issue(expires_at=now() - HOUR)
        assert await told(server, self._with_prefix(key.split("_")[1])) == (401, "No valid key was sent.")


class TestPrincipal:
    async def test_key(self, server, issue, add, agency_id, gateway, list_rows):
        """A key becomes a principal with its agency, role, unit and person."""
        person = await add(PersonRow, email="a@example.org", name="A")
        unit = await add(UnitRow, agency_id=agency_id, name="Patrol")
        key = await issue("supervisor", person_id=person, unit_id=unit)
        await server.post("{answer}", key)
        principal = gateway.principals[0]
        membership = principal.memberships[0]
        assert (PrincipalKind.KEY, key.split("_")[1], "dashboard") == (
            principal.kind,
            principal.label,
            principal.purpose,
        )
        assert (agency_id, {"supervisor"}, {unit}, None) == (
            membership.agency_id,
            membership.rights.roles,
            membership.unit_ids,
            membership.officer_id,
        )
        row = (await list_rows())[0]
        assert (principal.id, agency_id, ["supervisor"], f"person_{person.hex}", "dashboard") == (
            row["principal_id"],
            row["agency_id"],
            row["roles"],
            row["on_behalf_of"],
            row["purpose"],
        )

    async def test_prefix_of_two_keys(self, server, issue, add, gateway):
        """A prefix that two agencies' keys have by chance opens one of them, with nothing of the other."""
        other = await add(AgencyRow, name="Other", ori="ZZ0000009", state="ZZ", timezone="UTC", modules=[])
        key = await issue("chief", id=UUID(int=1))
        twin = {"agency_id": other, "prefix": key.split("_")[1], "secret_hash": "0" * 64, "role": "support"}
        await add(ApiKeyRow, **twin, id=UUID(int=2), label="x", purpose="x", created_at=now(), expires_at=now() + HOUR)
        grant = {"ticket": "T-1", "reason": "x", "granted_by": "x", "starts_at": now() - HOUR, "ends_at": now() + HOUR}
        await add(SupportGrantRow, agency_id=other, **grant)
        await server.post("{answer}", key)
        principal = gateway.principals[0]
        assert (UUID(int=1), frozenset()) == (principal.id, principal.grants)

    async def test_scheme_in_any_case(self, server, key):
        """The scheme's name is not case sensitive."""
        response = await server.post("{answer}", headers={"authorization": f"bEARER {key}"})
        assert response.status_code == 200

    async def test_scopes_narrow(self, server, issue, gateway):
        """A key's scopes reach the decision."""
        await server.post("{answer}", await issue(scopes=["Officer.rank"]))
        rights = gateway.principals[0].memberships[0].rights
        assert rights.decide("Officer.rank").reason is None
        assert rights.decide("Officer.lastName").reason is Reason.KEY_SCOPE

    async def test_one_statement(self, server, key):
        """Whoever asks costs one statement."""
        before = server.service.reader.statements
        await server.post("{answer}", key)
        assert server.service.reader.statements == before + 1


class TestSupport:
    """Vendor support has the agency's leave, or nothing."""

    @pytest.fixture
    def grant(self, add, agency_id):
        """Grant support what the agency may grant; any column may be given."""

        async def grant(**values):
            columns = {
                "agency_id": agency_id,
                "ticket": "T-17",
                "reason": "import stuck",
                "includes_uof": True,
                "starts_at": now() - HOUR,
                "ends_at": now() + HOUR,
                "granted_by": "chief",
            }
            await add(SupportGrantRow, **(columns | values))

        return grant

    async def _ask(self, server, issue, gateway, **values):
        await server.post("{answer}", await issue("support", **values))
        return gateway.principals[-1]

    async def test_no_grant(self, server, issue, gateway, list_rows):
        """Without a grant a support key has no role."""
        principal = await self._ask(server, issue, gateway)
        assert principal.kind is PrincipalKind.SUPPORT
        assert principal.memberships[0].rights.decide("Agency.name").is_denied
        assert (await list_rows())[0]["roles"] == []

    async def test_live_grant(self, server, issue, gateway, grant, list_rows):
        """Under a grant it has its role, and reads for the ticket."""
        await grant()
        principal = await self._ask(server, issue, gateway)
        assert {"support"} == principal.memberships[0].rights.roles
        assert "support ticket T-17" == principal.purpose == (await list_rows())[0]["purpose"]

    @pytest.mark.parametrize(
        "values",
        [
            {"starts_at": now() + HOUR, "ends_at": now() + 2 * HOUR},
            {"ends_at": now() - timedelta(seconds=1)},
            {"revoked_at": now() - timedelta(seconds=1)},
        ],
        ids=["not yet", "over", "revoked"],
    )
    async def test_dead_grant(self, server, issue, gateway, grant, values):
        """A grant that is not live now is no grant."""
        await grant(**values)
        principal = await self._ask(server, issue, gateway)
        assert frozenset() == principal.memberships[0].rights.roles

    async def test_named_engineer(self, server, issue, gateway, grant, add):
        """A grant to one engineer opens nothing for another."""
        granted = await add(PersonRow, email="a@example.org", name="A")
        await grant(person_id=granted)
        other = await self._ask(server, issue, gateway)
        named = await self._ask(server, issue, gateway, person_id=granted)
        assert [frozenset(), {"support"}] == [each.memberships[0].rights.roles for each in (other, named)]

    @pytest.mark.parametrize(("includes_uof", "expected"), [(True, None), (False, Reason.MODULE)])
    async def test_use_of_force_apart(self, server, issue, gateway, grant, includes_uof, expected):
        """A grant opens use-of-force records only if it says so."""
        await grant(includes_uof=includes_uof)
        principal = await self._ask(server, issue, gateway)
        assert expected == principal.memberships[0].rights.decide("UofIncident.number").reason

    async def test_widest_grant_holds(self, server, issue, gateway, grant):
        """Of two live grants the wider one holds."""
        await grant(includes_uof=False)
        await grant(includes_uof=True)
        principal = await self._ask(server, issue, gateway)
        assert principal.memberships[0].rights.decide("UofIncident.number").reason is not Reason.MODULE
