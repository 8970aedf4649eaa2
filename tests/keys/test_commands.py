"""`louver key`: two doors to the same keys, and a record of whoever came in by either."""

import asyncio
import json

import pytest
from click.testing import CliRunner

from louver.authz.keys import parse_key
from louver.cli import main
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.policy.asking import list_records
from tests.server import logging_restored
from tests.world.build import identify
from tests.world.store import key_of

ORDER = ("--role", "chief", "--purpose", "dashboard", "--partner", "--scope", "Officer.rank:view")


@pytest.fixture
def louver(copy_world, tmp_path):
    """Run a command with the key of a holder, or with none as the operator."""
    with copy_world("sqlite") as url:
        yield prepare(url, tmp_path)


def prepare(own_url, tmp_path):
    log = f"sqlite:///{tmp_path}/audit.db"
    asyncio.run(upgrade_stores(Settings(database_url=own_url, audit_url=log, var=tmp_path)))
    ours = {
        "LOUVER_DATABASE_URL": own_url,
        "LOUVER_AUDIT_URL": log,
        "LOUVER_VAR": str(tmp_path),
        "LOUVER_SECRET": "s" * 32,
    }

    def run(*arguments, holder="agency_admin"):
        with logging_restored():
            key = key_of(holder).text if holder else ""
            return CliRunner(catch_exceptions=False).invoke(main, ("key", *arguments), env=ours | {"LOUVER_KEY": key})

    return run


@pytest.fixture
def records(tmp_path):
    """Read the log."""
    return lambda: asyncio.run(list_records(tmp_path))


def made(done):
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


class TestAdministrator:
    def test_every_act(self, louver, records):
        """An administrator issues, changes, rotates, lists and revokes by command; the log has each, with its key."""
        key = made(louver("create", *ORDER, "--address", "10.0.0.0/8", "--rate", "60", "--json"))
        assert (key["is_partner"], key["scopes"], key["rate_per_minute"]) == (True, ["Officer.rank:view"], 60)
        changed = made(louver("change", key["prefix"], "--safelist", "warn", "--clear", "rate", "--json"))
        assert (changed["safelist"], changed["rate_per_minute"]) == ("warn", None)
        new = made(louver("rotate", key["prefix"], "--overlap-hours", "1", "--json"))
        assert (new["replaces"], new["safelist"]) == (key["prefix"], "warn")
        listed = made(louver("list", "--json"))
        assert {each["agency"] for each in listed} == {key["agency"]}
        used = next(each for each in listed if each["prefix"] == key_of("agency_admin").prefix)
        assert (used["calls"], used["last_used_address"]) == (4, None)
        assert "is revoked since" in louver("revoke", new["key"]).stdout
        found = records()
        assert [each["event"] for each in found] == [
            "key.issued", "key.changed", "key.rotated", "access.query", "key.revoked",
        ]  # fmt: skip
        named = [set(each["coordinates"]["returned"]) - {"ApiKey"} for each in found]
        old, other = (f"ApiKey/{each['prefix']}" for each in (key, new))
        assert named == [{old}, {old}, {old, other}, set(), {other}]
        secrets = [each["key"].split("_")[2] for each in (key, new)]
        assert not [secret for secret in secrets if secret in str(found)]

    @pytest.mark.parametrize(
        ("holder", "options", "words"),
        [
            ("chief", (), "ACCESS_DENIED: You may not change ApiKey"),
            ("expired chief", (), "UNAUTHENTICATED: This key has expired"),
            ("agency_admin", ("--agency", "birch"), "Your key is not this agency's"),
            ("agency_admin", ("--agency", "nowhere"), "Your key is not this agency's"),
            ("agency_admin", ("--days", "367"), "from 1 to 366 days"),
            ("agency_admin", ("--scope", "Officer.rank:enter"), "never enters"),
        ],
    )
    def test_refused(self, louver, records, holder, options, words):
        """The command line lets nobody in whom the server would not, and leaves a record of the attempt."""
        done = louver("create", *ORDER, *options, holder=holder)
        assert (done.exit_code, done.stdout, words in done.stderr) == (2, "", True)
        assert [each["outcome"] for each in records()] == ["refused"]

    def test_preview_and_review(self, louver, records, tmp_path):
        """What a key would read, and what one has not read, is told by command as by GraphQL, and recorded."""
        sdl = tmp_path / "key.graphql"
        done = louver("preview", *ORDER, "--sdl", str(sdl))
        assert (done.exit_code, "roles   chief + partner\nscopes  Officer.rank:view\n" in done.stdout) == (0, True)
        assert "officers(first: 2) { nodes { id rank } }" in done.stdout
        assert "  rank: " in sdl.read_text()
        assert "lastName" not in sdl.read_text()
        key = made(louver("create", *ORDER, "--json"))
        reviewed = louver("review", key["prefix"])
        assert "not read   Officer.rank\nIt read nothing: revoke it" in reviewed.stdout
        assert [each["event"] for each in records()] == ["key.previewed", "key.issued", "access.query"]
        assert "hint: set LOUVER_KEY" in louver("preview", *ORDER, holder=None).stderr


class TestOperator:
    def test_every_act_is_recorded(self, louver, records):
        """Who runs the installation leaves a record of each act, under the agency that it was about."""
        agency = f"agency_{identify('alder').hex}"
        key = made(
            louver("create", "--agency", agency, "--role", "agency_admin", "--purpose", "p", "--json", holder=None)
        )
        new = made(louver("rotate", key["prefix"], "--json", holder=None))
        louver("revoke", key["prefix"], holder=None)
        found = records()
        assert [each["event"] for each in found] == ["key.issued", "key.rotated", "key.revoked"]
        assert {(each["principal_kind"], each["agency_id"]) for each in found} == {("operator", identify("alder"))}
        assert {f"ApiKey/{key['prefix']}", f"ApiKey/{new['prefix']}"} <= set(found[1]["coordinates"]["returned"])
        assert key["issued_by"].startswith("operator ")

    def test_nothing_without_a_record(self, louver, tmp_path):
        """Without a log no key is made."""
        (tmp_path / "audit.db").unlink()
        done = louver("create", "--agency", "ZZ", "--role", "chief", "--purpose", "p", holder=None)
        assert (done.exit_code, "store of access records" in done.stderr) == (78, True)

    def test_has_to_name_the_agency(self, louver):
        """Without an administrator's key it has to be said whose key it is."""
        done = louver("create", *ORDER, holder=None)
        assert (done.exit_code, "give --agency, or set LOUVER_KEY" in done.stderr) == (2, True)

    def test_key_alone_on_standard_output(self, louver):
        """Standard output has the new key and nothing else, so that a script can take it."""
        done = louver("create", *ORDER)
        assert parse_key(done.stdout.strip())
