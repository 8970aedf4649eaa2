"""`louver policy` about an agency in the store: explained, exported, compared, checked, previewed, published."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner

from louver.authz.files import PolicyFile
from louver.cli import main
from louver.logging import AccessRecord, AuditStore, Caller, Event, Outcome
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.policy.asking import list_records
from tests.world.build import identify
from tests.world.store import HOLDERS, key_of

ALDER = f"agency_{identify('alder').hex}"
POLICY = """
format = 1
base_version = 0
lines = [
  "chief, officer_contact, view, agency, deny",
  "shift_lead, Officer, view, unit",
  "shift_lead, officer_name, view, unit",
]
[roles.shift_lead]
template = "supervisor"
description = "Leads a shift"
"""


@pytest.fixture
async def store(own_url, tmp_path, monkeypatch):
    """An installation with the world in it, named by the environment; the administrator's key is in it too."""
    settings = Settings(database_url=own_url, audit_url=f"sqlite:///{tmp_path}/audit.db", var=tmp_path, secret="s" * 32)
    await upgrade_stores(settings)
    for name in ("database_url", "audit_url", "var", "secret"):
        monkeypatch.setenv(f"LOUVER_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("LOUVER_KEY", key_of("agency_admin").text)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    return settings


def run(*arguments, status=0):
    """Run a sub-command, which has to end with this status."""
    answer = CliRunner(catch_exceptions=False).invoke(main, ["policy", *arguments])
    assert answer.exit_code == status, answer.output
    return answer.stdout if status == 0 else answer.output


def run_json(*arguments, status=0):
    """Run a sub-command and read its answer as a program does."""
    return json.loads(run(*arguments, "--json", status=status))


@pytest.mark.usefixtures("store")
class TestImport:
    def test_what_is_imported_is_in_force_and_comes_out_again(self):
        """A file with a new role is published whole: role, lines, version; exported, it reads the same."""
        made = run_json("import", "policy.toml", "--reason", "less contact")
        assert made["reason"] == "less contact"
        told = run_json("explain", "--agency", ALDER, "--role", "chief", "--coordinate", "Officer.workPhone")
        assert (told["effect"], told["decidedBy"]) == ("DENIED", "OVERLAY")
        exported = PolicyFile.from_text(run("export", "--agency", ALDER))
        wanted = PolicyFile.from_text(POLICY)
        assert (set(exported.lines), exported.roles) == (set(wanted.lines), wanted.roles)
        assert exported.base_version == made["version"]
        assert run("diff", "policy.toml", "--agency", ALDER, "--check") == "no difference\n"

    def test_it_is_recorded(self, tmp_path):
        """Roles and lines that were published each leave a record with the administrator's name."""
        run("import", "policy.toml", "--reason", "less contact")
        events = [record["event"] for record in asyncio.run(list_records(tmp_path))]
        assert events == ["access.query", "role.changed", "policy.changed"]

    def test_a_file_that_is_older_than_the_policy_is_refused(self):
        """Who changed the policy since the export is not overwritten, and no role is made."""
        run("publish", "--base", "0", "--reason", "first", "--add", "auditor, officer_badge, view")
        told = run("import", "policy.toml", "--reason", "less contact", status=2)
        assert "version 0, and 1 is in force" in told
        assert "roles" not in run("export", "--agency", ALDER)

    def test_a_role_without_the_duty_is_refused(self, monkeypatch, tmp_path):
        """Whoever may not change the policy publishes no file."""
        monkeypatch.setenv("LOUVER_KEY", key_of("chief").text)
        assert "ACCESS_DENIED" in run("import", "policy.toml", "--reason", "mine", status=2)
        (record,) = asyncio.run(list_records(tmp_path))
        assert record["event"] == "access.denied"

    def test_faulty_lines_make_no_role_either(self, tmp_path):
        """A file with a line against a ceiling changes nothing at all."""
        text = POLICY.replace('"shift_lead, Officer, view, unit"', '"public_portal, Officer, view"')
        (tmp_path / "policy.toml").write_text(text, encoding="utf-8")
        assert "ceiling" in run("import", "policy.toml", "--reason", "wrong", status=2)
        exported = PolicyFile.from_text(run("export", "--agency", ALDER))
        assert (exported.lines, exported.roles, exported.base_version) == ((), {}, 0)

    def test_a_hand_written_file_needs_a_base(self, tmp_path):
        """Without the version that it was made on, nothing tells whether it would overwrite something."""
        (tmp_path / "policy.toml").write_text(POLICY.replace("base_version = 0", ""), encoding="utf-8")
        assert "--base" in run("import", "policy.toml", "--reason", "wrong", status=2)
        run("import", "policy.toml", "--reason", "right", "--base", "0")

    def test_a_role_keeps_its_template(self):
        """A role of the same name from another template is refused."""
        run("role", "make", "shift_lead", "--template", "chief", "--reason", "tests")
        told = run("import", "policy.toml", "--reason", "wrong", "--base", "1", status=2)
        assert "was made from chief" in told


@pytest.mark.usefixtures("store")
class TestStore:
    def test_who_names_the_agencys_keys(self):
        """With an agency, the keys that hold the roles are named beside them."""
        told = run_json("who", "--agency", ALDER, "--coordinate", "Officer.workPhone")
        labels = {each["label"] for each in told["holders"]}
        assert {"chief", "supervisor", "officer"} <= labels
        assert labels.isdisjoint({"auditor", "scoped chief", "foreign chief", "expired chief"})
        assert "chief" in run("who", "--agency", ALDER, "--coordinate", "Officer.workPhone")

    def test_a_key_is_explained_by_its_prefix(self):
        """A key's scopes count."""
        prefix = key_of("scoped chief").prefix
        told = run_json("explain", "--agency", ALDER, "--principal", prefix, "--coordinate", "Officer.workPhone")
        assert (told["effect"], told["reason"]) == ("DENIED", "KEY_SCOPE")

    @pytest.mark.parametrize("name", ["name", "ori"])
    def test_the_agencys_modules_count(self, world, name):
        """An agency without the module is answered so, by its name or its ORI."""
        agency = world.find("Agency", identify("cedar"))
        told = run_json("explain", "--agency", agency[name], "--role", "chief", "--coordinate", "UofIncident")
        assert (told["reason"], told["changedBy"]) == ("MODULE", [])

    def test_check_knows_the_agencys_roles(self):
        """A line about a role that nobody made is an error; once it is made it is none."""
        assert "UNKNOWN_ROLE" not in run("check", "policy.toml", "--agency", ALDER)
        found = run_json("check", "--agency", ALDER)
        assert found == []

    def test_diff_against_the_store(self):
        """One file is compared with what the agency has, and the exit status says whether they differ."""
        told = run_json("diff", "policy.toml", "--agency", ALDER, "--check", status=1)
        assert "chief, officer_contact, view, agency, deny" in told["added"]
        assert {"coordinate": "Officer.workPhone", "role": "chief", "before": "V", "after": "D"} in told["effects"]

    @pytest.mark.parametrize(
        "arguments",
        [
            ("explain", "--coordinate", "Officer.rank"),
            ("explain", "--coordinate", "Officer.rank", "--role", "chief", "--principal", "K"),
            ("explain", "--coordinate", "Officer.rank", "--principal", "K", "--agency", ALDER),
            ("explain", "--coordinate", "Officer.rank", "--role", "chief", "--agency", "nowhere"),
            ("check",),
            ("check", "nowhere.toml"),
            ("diff", "policy.toml"),
            ("test", "policy.toml"),
            ("preview", "nowhere.toml", "--agency", ALDER),
        ],
        ids=" ".join,
    )
    def test_what_makes_no_sense_is_told(self, arguments):
        """A question that cannot be answered ends with status 2 and says what to give."""
        assert "hint:" in run(*arguments, status=2)


class TestPreview:
    @pytest.fixture
    async def recorded(self, store):
        """Operations of two keys in the log, one of them too old."""
        log = await AuditStore.open(store)
        for holder, field, days in (("chief", "workPhone", 1), ("hr", "workPhone", 1), ("chief", "workEmail", 40)):
            caller = Caller(
                principal_id=uuid4(),
                principal_kind="key",
                roles=(HOLDERS[holder].role,),
                key_prefix=key_of(holder).prefix,
                agency_id=identify("alder"),
                purpose="tests",
            )
            record = AccessRecord(
                at=datetime.now(UTC) - timedelta(days=days),
                event=Event.ACCESS_QUERY,
                outcome=Outcome.ANSWERED,
                caller=caller,
                operation_name="Roster",
                document_hash="a" * 64,
                coordinates={"returned": ("Query.officers", f"Officer.{field}")},
                request_id=uuid4(),
                replica="test:1",
            )
            await log.append(record)
        await log.close()

    @pytest.mark.usefixtures("recorded")
    def test_says_what_would_change(self):
        """Only the operation that the draft touches is told, with its key; the rest is counted."""
        told = run_json("preview", "policy.toml", "--agency", ALDER)
        assert told["times"] == {"BREAKS": 0, "LOSES": 1, "GAINS": 0, "UNCHANGED": 1}
        (operation,) = told["operations"]
        assert (operation["keyPrefix"], operation["changes"]) == (
            key_of("chief").prefix,
            {"Officer.workPhone": "NEWLY_DENIED"},
        )
        shown = run("preview", "policy.toml", "--agency", ALDER)
        assert "2 recorded operations: 0 breaks, 1 loses, 0 gains, 1 unchanged" in shown
        assert "Officer.workPhone for chief: newly denied, VISIBLE agency → DENIED ROLE" in shown
