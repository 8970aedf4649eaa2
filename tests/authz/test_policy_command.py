"""`louver policy`: what it prints is what is decided."""

import json
import re

import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from louver.authz import Role, shipped
from louver.cli.policy import policy
from louver.db.engine import create_engine
from louver.db.migrate import upgrade
from louver.db.tables import AgencyRow, PolicyLineRow
from louver.errors import InvalidInputError


def run(*arguments):
    return CliRunner(catch_exceptions=False).invoke(policy, arguments)


class TestBuild:
    """`louver policy build`."""

    def test_check_passes_on_the_shipped_file(self):
        """`build --check` exits with 0 on the file that ships."""
        answer = run("build", "--check", "--json")
        assert (answer.exit_code, json.loads(answer.output)["state"]) == (0, "is current")

    def test_check_fails_on_another_file_and_build_mends_it(self, tmp_path, monkeypatch):
        """`build --check` exits with 1 where the file differs and leaves it; `build` writes it."""
        path = tmp_path / "policy.csv"
        monkeypatch.setattr(shipped, "POLICY_PATH", path)
        assert run("build", "--check").exit_code == 1
        assert not path.exists()
        assert run("build").exit_code == run("build", "--check").exit_code == 0


class TestMatrix:
    """`louver policy matrix`."""

    def test_csv_is_the_source(self):
        """`matrix --csv` prints the source file."""
        assert run("matrix", "--csv").output == shipped.MATRIX_PATH.read_text(encoding="utf-8")

    def test_every_form_has_every_group(self):
        """Table, Markdown and JSON each name every field group."""
        for form in ([], ["--markdown"], ["--json"]):
            output = run("matrix", *form).output
            assert all(group.name in output for group in shipped.read_matrix())


class TestExplain:
    """`louver policy explain`."""

    @pytest.mark.parametrize("role", Role)
    def test_equals_decide(self, snapshot, rights_of, role):
        """For every role, the explanation of a field is the decision itself."""
        rights = rights_of(snapshot, role)
        for coordinate in ("Officer.firstName", "Training", "UofSubject.impaired", "UofInvolvement.id"):
            told = json.loads(run("explain", "--role", role, "--coordinate", coordinate, "--json").output)
            decision = rights.decide(coordinate)
            if told["effect"] in ("VISIBLE", "MASKED"):
                assert (told["rows"], told["maskedRows"]) == (
                    sorted(decision.view or decision.masked),
                    sorted(decision.masked),
                )
            else:
                reach = rights.decide(coordinate.partition(".")[0])
                assert told["reason"] == (reach.reason or decision.reason)
            assert told["policyVersion"] == decision.policy_version

    def test_reads_as_text(self):
        """Without --json the effect, the mask, who may change it and the deciding line are told."""
        output = run("explain", "--role", "auditor", "--coordinate", "Officer.firstName").output
        assert "MASKED agency" in output
        assert re.search(r"mask +initial", output)
        assert re.search(r"changed by +agency_admin", output)
        assert "p, auditor, *, officer_name, view_masked, agency, allow" in output

    @pytest.mark.parametrize(("role", "coordinate"), [("cheif", "Officer.firstName"), ("chief", "Officer.name")])
    def test_a_misspelt_name_is_told(self, role, coordinate):
        """A role or coordinate that does not exist is an error, not a denial."""
        with pytest.raises(InvalidInputError):
            run("explain", "--role", role, "--coordinate", coordinate)


class TestExplainAgency:
    """`louver policy explain --agency`."""

    @pytest.fixture
    async def url(self, tmp_path, agency_id):
        """A store with one agency that keeps officers' phones from its chief, by its current lines, not by old ones."""
        url = f"sqlite:///{tmp_path / 'louver.db'}"
        engine = create_engine(url)
        await upgrade(engine)
        line = {"agency_id": agency_id, "sub": "chief", "act": "view", "rows": "agency", "eft": "deny"}
        async with engine.begin() as connection:
            await connection.execute(
                insert(AgencyRow).values(
                    id=agency_id,
                    name="Elm Falls",
                    ori="MN0999900",
                    state="MN",
                    timezone="America/Chicago",
                    modules=["TRAINING"],
                    policy_overlay_version=2,
                )
            )
            await connection.execute(insert(PolicyLineRow).values(**line, obj="Officer.workPhone", version=2))
            await connection.execute(insert(PolicyLineRow).values(**line, obj="Officer.title", version=1))
        await engine.dispose()
        return url

    def test_agencys_lines_modules_and_version_count(self, url, agency_id, monkeypatch):
        """With --agency, the agency's current lines and its modules decide."""
        monkeypatch.setenv("LOUVER_DATABASE_URL", url)
        reasons = {}
        for coordinate in ("Officer.workPhone", "Officer.title", "UofIncident.number"):
            arguments = ("--role", "chief", "--coordinate", coordinate, "--agency", f"agency_{agency_id.hex}", "--json")
            reasons[coordinate] = json.loads(run("explain", *arguments).output)["reason"]
        assert reasons == {"Officer.workPhone": "ROLE", "Officer.title": None, "UofIncident.number": "MODULE"}

    @pytest.mark.parametrize("agency", ["agency_" + "0" * 32, "elm street"])
    def test_unknown_agency(self, url, agency, monkeypatch):
        """An agency that does not exist is told."""
        monkeypatch.setenv("LOUVER_DATABASE_URL", url)
        with pytest.raises(InvalidInputError):
            run("explain", "--role", "chief", "--coordinate", "Officer.title", "--agency", agency)
