"""`louver key`: made once, listed without the key, revoked for good."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from louver.authz.keys import matches, parse_key
from louver.db.codes import Module
from louver.db.tables import AgencyRow, ApiKeyRow, OfficerRow, PolicyLineRow, UnitRow
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.server import serving

ORDER = ("key", "create", "--agency", "Fallowmere", "--purpose", "dashboard")


@pytest.fixture
def agencies(site):
    """Two agencies, one of which has an officer and a unit; their ids by name. The log is there too."""
    asyncio.run(upgrade_stores(Settings(database_url=site.url, var=site.folder)))

    async def add(connection):
        ids = {}
        for number, name in enumerate(("Fallowmere", "Oxbow")):
            facts = {"name": name, "ori": f"ZZ000000{number}", "state": "ZZ", "timezone": "UTC"}
            made = await connection.execute(insert(AgencyRow).values(**facts, modules=[Module.TRAINING]))
            ids[name] = made.inserted_primary_key[0]
        await connection.execute(insert(OfficerRow).values(agency_id=ids["Fallowmere"], badge_number="117"))
        await connection.execute(insert(UnitRow).values(agency_id=ids["Fallowmere"], name="Patrol"))
        return ids

    return site.within(add)


@pytest.mark.usefixtures("agencies")
class TestCreate:
    def test_works_once_shown(self, site, tmp_path):
        """The key that is shown is accepted by the server, and the store holds a hash of it alone."""
        made = site.run(*ORDER, "--role", "chief")
        presented = parse_key(made["key"])
        (row,) = site.read_table("api_keys")
        assert matches(presented, row["secret_hash"])
        assert made["key"] not in str(row)

        async def ask():
            async with serving(site.url, tmp_path) as server:
                return await server.ask(made["key"], "{ agencies { nodes { name } } }")

        assert asyncio.run(ask()) == {"data": {"agencies": {"nodes": [{"name": "Fallowmere"}]}}}

    def test_key_alone_on_standard_output(self, site):
        """Standard output has the key and nothing else, so that a script can take it."""
        result = site.invoke(*ORDER, "--role", "chief")
        assert parse_key(result.stdout.strip())
        assert "is not shown again" in result.stderr

    @pytest.mark.parametrize("days", [None, 1, 366])
    def test_expires(self, site, days):
        """A key lasts 90 days, or as many as were asked for, up to 366."""
        site.run(*ORDER, "--role", "chief", *(("--days", str(days)) if days else ()))
        (row,) = site.read_table("api_keys")
        assert row["expires_at"] - row["created_at"] == timedelta(days=days or 90)

    def test_for_an_officer_and_a_unit(self, site):
        """A supervisor's key holds the officer and the unit, found by badge and by name whatever its case."""
        site.run(*ORDER, "--role", "supervisor", "--officer", "117", "--unit", "PATROL", "--label", "shift")
        rows = site.read("api_keys", "officers", "units")
        (row,) = rows["api_keys"]
        assert (row["officer_id"], row["unit_id"]) == (rows["officers"][0]["id"], rows["units"][0]["id"])
        assert (row["label"], row["purpose"], row["scopes"]) == ("shift", "dashboard", None)

    def test_for_an_officer_of_another_agency(self, site):
        """A badge or a unit of another agency is none of this one's."""
        order = ("key", "create", "--agency", "Oxbow", "--purpose", "p")
        assert "no officer" in site.invoke(*order, "--role", "officer", "--officer", "117").stderr
        assert "no unit" in site.invoke(*order, "--role", "supervisor", "--unit", "Patrol").stderr

    def test_with_scopes(self, site):
        """Scopes are fields, types and field groups that the policy knows."""
        site.run(*ORDER, "--role", "chief", "--scope", "Officer.*", "--scope", "Course.title", "--scope", "record_core")
        assert site.read_table("api_keys")[0]["scopes"] == ["Officer.*", "Course.title", "record_core"]

    def test_by_id_or_ori(self, site, agencies):
        """The agency may be named by its id or its ORI."""
        for name in (f"agency_{agencies['Oxbow'].hex}", agencies["Oxbow"].hex, "ZZ0000001", "oxbow"):
            order = ("key", "create", "--agency", name, "--purpose", "p", "--role", "chief")
            assert site.run(*order)["agency"] == "Oxbow"

    def test_with_an_agencys_own_role(self, site, agencies):
        """A role that the agency's own policy made is one of its own, and of no other's."""
        line = {"sub": "sergeant", "obj": "Officer.rank", "act": "view", "rows": "agency", "eft": "allow", "version": 0}
        site.within(
            lambda connection: connection.execute(insert(PolicyLineRow).values(agency_id=agencies["Oxbow"], **line))
        )
        options = ("--purpose", "p", "--role", "sergeant")
        assert site.run("key", "create", "--agency", "Oxbow", *options)["role"] == "sergeant"
        assert site.invoke("key", "create", "--agency", "Fallowmere", *options).exit_code == 2

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["--role", "chief", "--days", "367"], "from 1 to 366 days"),
            (["--role", "chief", "--days", "0"], "from 1 to 366 days"),
            (["--role", "sheriff"], "there is no role 'sheriff'"),
            (["--role", "officer"], "give --officer"),
            (["--role", "officer", "--officer", "118"], "no officer with the badge '118'"),
            (["--role", "supervisor"], "give --unit"),
            (["--role", "supervisor", "--unit", "Water"], "no unit 'Water'"),
            (["--role", "chief", "--scope", "Officer.shoeSize"], "nothing called 'Officer.shoeSize'"),
            (["--role", "chief", "--purpose", "  "], "the purpose is blank"),
            (["--role", "chief", "--agency", "Nowhere"], "there is no agency 'Nowhere'"),
        ],
    )
    def test_refused(self, site, options, said):
        """What would make no sense is refused with what to change, and makes no key."""
        result = site.invoke(*ORDER, *options)
        assert (result.exit_code, said in result.stderr, "BAD_REQUEST" in result.stderr) == (2, True, True)
        assert site.read_table("api_keys") == []

    def test_of_two_agencies_with_one_name(self, site):
        """A name that two agencies have does not choose between them."""
        site.within(lambda connection: connection.execute(update(AgencyRow).values(name="Fallowmere")))
        assert "is the name of several" in site.invoke(*ORDER, "--role", "chief").stderr


@pytest.mark.usefixtures("agencies")
class TestList:
    def test_tells_the_state_and_never_the_key(self, site):
        """Keys are live, expired or revoked, newest first; the key and its hash are not told."""
        made = [site.run(*ORDER, "--role", role) for role in ("chief", "hr", "auditor")]
        yesterday = datetime.now(UTC) - timedelta(days=1)
        expired = update(ApiKeyRow).where(ApiKeyRow.prefix == made[1]["prefix"]).values(expires_at=yesterday)
        site.within(lambda connection: connection.execute(expired))
        site.run("key", "revoke", made[0]["prefix"])
        listed = site.run("key", "list")
        assert [(key["prefix"], key["state"]) for key in listed] == [
            (made[2]["prefix"], "live"),
            (made[1]["prefix"], "expired"),
            (made[0]["prefix"], "revoked"),
        ]
        shown = site.invoke("key", "list").stdout
        for key in made:
            assert key["prefix"] in shown
            assert key["key"].split("_")[2] not in f"{shown}{listed}"

    def test_of_one_agency(self, site):
        """With an agency, only its keys."""
        site.run(*ORDER, "--role", "chief")
        assert site.run("key", "list", "--agency", "Oxbow") == []
        assert len(site.run("key", "list", "--agency", "ZZ0000000")) == 1


@pytest.mark.usefixtures("agencies")
class TestRevoke:
    def test_ends_a_key_at_once(self, site, tmp_path):
        """The next request with a revoked key is refused by a server that runs all the while."""
        made = site.run(*ORDER, "--role", "chief")

        async def ask():
            async with serving(site.url, tmp_path) as server:
                before = await server.post(made["key"], "{ agencies { totalCount } }")
                await asyncio.to_thread(site.run, "key", "revoke", made["prefix"])
                after = await server.post(made["key"], "{ agencies { totalCount } }")
                return before.status_code, after.status_code

        assert asyncio.run(ask()) == (200, 401)

    def test_stays_as_it_was_the_second_time(self, site):
        """Revoking twice keeps the first time; the whole key may stand for its prefix."""
        made = site.run(*ORDER, "--role", "chief")
        site.run("key", "revoke", made["key"])
        rows = site.read_table("api_keys")
        site.run("key", "revoke", made["prefix"])
        assert site.read_table("api_keys") == rows

    def test_of_an_unknown_key(self, site):
        """An unknown prefix is an error that does not repeat what was typed."""
        result = site.invoke("key", "revoke", "lvr_0123456789ab_secret")
        assert (result.exit_code, "secret" in result.stderr) == (2, False)


def test_needs_a_database(tmp_path, sqlite_site):
    """Without a database no command makes an empty one."""
    path = tmp_path / "none.db"
    result = type(sqlite_site)(f"sqlite:///{path}", tmp_path).invoke("key", "list")
    assert (result.exit_code, path.exists(), "louver db upgrade" in result.stderr) == (78, False, True)
