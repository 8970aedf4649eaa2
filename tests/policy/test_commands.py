"""`louver policy publish`, `revert`, `log`, `role` and `louver support`: the administrator's other door, as narrow."""

import asyncio
import json

import pytest
from click.testing import CliRunner

from louver.cli import main
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.policy.asking import deny, line, list_records
from tests.server import logging_restored
from tests.world.build import identify
from tests.world.store import key_of


@pytest.fixture
def louver(environment, own_url, tmp_path):
    """Run a command with the key of a holder."""
    settings = Settings(database_url=own_url, audit_url=f"sqlite:///{tmp_path}/audit.db", var=tmp_path)
    asyncio.run(upgrade_stores(settings))

    def run(*arguments, holder="agency_admin"):
        ours = {name: value for name, value in environment.items() if name.startswith("LOUVER_")}
        with logging_restored():
            return CliRunner(catch_exceptions=False).invoke(
                main, arguments, env=ours | {"LOUVER_KEY": key_of(holder).text if holder else ""}
            )

    return run


@pytest.fixture
def records(tmp_path):
    """Read the log."""
    return lambda: asyncio.run(list_records(tmp_path))


def made(done):
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


class TestPolicy:
    def test_publish_log_revert(self, louver, records):
        """A change by command is a version, in the log of the agency, and can be taken back."""
        text = "chief, Officer.workPhone, view, agency, deny"
        done = louver("policy", "publish", "--base", "0", "--reason", "less contact", "--add", text)
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout.startswith(f"version 1 by key {key_of('agency_admin').prefix}, ")
        assert f"  + {text}\n    Officer.workPhone for chief: V → D\n" in done.stdout
        back = made(louver("policy", "revert", "0", "--base", "1", "--reason", "back", "--json"))
        assert (back["version"], back["restored_version"]) == (2, 0)
        assert [each["version"] for each in made(louver("policy", "log", "--json"))] == [2, 1]
        found = records()
        assert [(each["event"], each["outcome"], each["operation_name"]) for each in found] == [
            ("policy.changed", "answered", "louver policy publish"),
            ("policy.changed", "answered", "louver policy revert"),
            ("access.query", "answered", "louver policy log"),
        ]
        assert {each["agency_id"] for each in found} == {identify("alder")}

    def test_lines_of_a_file(self, louver, tmp_path):
        """All lines can come from a file; what a line leaves out is the whole agency, and an allow."""
        (tmp_path / "lines").write_text("# ours\nhr, Training.score, view\nhr, Officer.rank, view, agency, deny\n")
        done = louver("policy", "publish", "--base", "0", "--reason", "r", "--lines", str(tmp_path / "lines"), "--json")
        assert made(done)["added"] == [line("hr", "Training.score"), deny("hr", "Officer.rank")]

    @pytest.mark.parametrize(
        ("holder", "text", "words"),
        [
            ("chief", "hr, Officer.rank, view", "ACCESS_DENIED: You may not change AgencyPolicy"),
            ("expired chief", "hr, Officer.rank, view", "UNAUTHENTICATED: This key has expired"),
            (None, "hr, Officer.rank, view", "hint: set LOUVER_KEY"),
            ("agency_admin", "hr, Officer.rank", "is no line"),
            ("agency_admin", "hr, Officer.rank, peek", "not one of view, view_masked"),
            ("agency_admin", "support, Officer.rank, enter", "against the ceiling p, support"),
        ],
    )
    def test_refused(self, louver, records, holder, text, words):
        """The command line lets nobody in whom the server would not, and leaves a record of the attempt."""
        done = louver("policy", "publish", "--base", "0", "--reason", "r", "--add", text, holder=holder)
        assert (done.exit_code, done.stdout) == (2, "")
        assert words in done.stderr
        found = records()
        assert {each["outcome"] for each in found} == ({"refused"} if holder else set())
        assert made(louver("policy", "log", "--json")) == []

    def test_roles(self, louver):
        """Roles are made, listed and retired by command."""
        made(louver("policy", "role", "make", "shift_lead", "--template", "supervisor", "--reason", "r", "--json"))
        assert "shift_lead  from supervisor  in use" in louver("policy", "role", "list").stdout
        assert louver("policy", "role", "retire", "shift_lead", "--reason", "r").stdout == "shift_lead is retired.\n"
        assert made(louver("policy", "role", "list", "--json"))[0]["retired_at"]
        done = louver("policy", "role", "assign", f"person_{identify('person', 'chief').hex}", "hr")
        assert "no such member" in done.stderr


class TestSupport:
    def test_3_2_grant_approve_list_revoke(self, louver, records):
        """A grant is made, approved by another, listed and revoked by command; the log has each."""
        order = ("--ticket", "T-9", "--reason", "stuck", "--hours", "2", "--field", "UofIncident.number", "--uof")
        granted = made(louver("support", "grant", *order, "--json"))
        assert (granted["state"], granted["fields"], granted["includes_uof"]) == ("live", ["UofIncident.number"], False)
        assert "by two people" in louver("support", "approve", granted["id"]).stderr
        assert made(louver("support", "approve", granted["id"], "--json", holder="chief"))["includes_uof"] is True
        assert granted["id"] in {each["id"] for each in made(louver("support", "list", "--json", holder="legal"))}
        assert made(louver("support", "revoke", granted["id"], "--json"))["state"] == "revoked"
        events = [record["event"] for record in records()]
        assert events == ["support.granted", "access.denied", "support.granted", "access.query", "support.revoked"]

    def test_grant_of_named_rows(self, louver, world):
        """By command a grant names officers and incidents too, and says how many it opens."""
        officer = world.of_agency("Officer", "alder")[0]["id"]
        order = ("support", "grant", "--ticket", "T-7", "--reason", "r", "--officer", f"officer_{officer.hex}")
        granted = made(louver(*order, "--json"))
        assert (granted["officer_ids"], granted["incident_ids"]) == ([officer.hex], None)
        assert "of 1 officers and 0 incidents" in louver("support", "list").stdout
        refused = louver(*order[:-1], f"officer_{'1' * 32}")
        assert (refused.exit_code, "none of the agency's" in refused.stderr) == (2, True)

    @pytest.mark.parametrize("holder", ["chief", "support"])
    def test_3_2_only_the_administrator_grants(self, louver, holder):
        """Nobody grants but the agency's administrator, the vendor least of all."""
        done = louver("support", "grant", "--ticket", "T", "--reason", "r", holder=holder)
        assert "ACCESS_DENIED" in done.stderr

    def test_too_long(self, louver):
        """A grant by command is as short as any."""
        done = louver("support", "grant", "--ticket", "T", "--reason", "r", "--hours", "337")
        assert "14 days at most" in done.stderr
