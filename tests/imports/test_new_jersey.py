"""The New Jersey forms: every one is in, every cell of it is somewhere, and each agency sees its own alone."""

import csv
import tomllib
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from louver.db.codes import AgeBand, IncidentStatus, InjuryType
from louver.db.importing.mapping_file import SHIPPED
from tests.imports.conftest import Site
from tests.server import Server, serving

INCIDENTS = {"Trenton": 1690, "Hoboken": 695, "Montclair": 278, "Princeton": 31}
MAPPING = tomllib.loads((SHIPPED / "nj-oag-uof.toml").read_text())
NOTHING = {"", "Not Provided"}
FORMS_CHUNK = 50
LISTS = {
    # Kind of file → its column, the field that it fills, the table, the table that keeps what cannot be placed there.
    "contact_origin": ("contact_origin", "contact_origin", "uof_incidents", "uof_incidents", "origin"),
    "location_type": ("location_type", "location_type", "uof_incidents", "uof_incidents", "location"),
    "force": ("force_type", "force_types", "uof_involvements", "uof_involvements", "force"),
    "resistance": ("subject_resistance", "resistance_types", "uof_subjects", "uof_incidents", "resistance"),
    "injury": ("subject_injury", "injury_types", "uof_subjects", "uof_incidents", "injury"),
}


class Forms:
    """The source, read by other means than ours, beside the rows that it became."""

    def __init__(self, site: Site, data: Any) -> None:
        self.data = data
        rows = site.read()
        self.agencies = {row["id"]: row for row in rows["agencies"]}
        self.tables = {
            name: {row["source_key"]: row for row in rows[name] if row["source_system"] == MAPPING["source_system"]}
            for name in ("officers", "uof_incidents", "uof_involvements", "uof_subjects")
        }
        self.officers = {row["id"]: row for row in rows["officers"]}
        self.kept: dict[Any, set[tuple[str, str]]] = defaultdict(set)
        for row in rows["uncoded_values"]:
            self.kept[row["table_name"], row["row_id"]].add((row["column_name"], row["raw"]))
        self.subjects: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        for row in self.tables["uof_subjects"].values():
            self.subjects[row["incident_id"]].append(row)

    def read(self, kind: str) -> list[dict[str, str]]:
        """Read a file; the names of the shipped mapping end in `*`."""
        path = self.data / MAPPING["files"][kind]["name"].replace("*", "")
        return list(csv.DictReader(path.read_text().splitlines()))

    def holds(self, table: str, form: str, field: str) -> list[Any]:
        """List what a field holds in all rows of a form."""
        incident = self.tables["uof_incidents"][form]
        rows = self.subjects[incident["id"]] if table == "uof_subjects" else [self.tables[table][form]]
        values = [row[field] for row in rows]
        return [each for value in values for each in (value if isinstance(value, list) else [value])]

    def keeps(self, table: str, form: str) -> set[tuple[str, str]]:
        """List the texts that are kept beside a form's row."""
        return self.kept[table, self.tables[table][form]["id"]]


@pytest.fixture(scope="module")
def forms(real_site, shared_data):
    return Forms(real_site, shared_data)


class TestRows:
    def test_each_agency_has_its_incidents(self, forms):
        """2,694 forms are 2,694 incidents, each in the agency that its form names."""
        counts = Counter(
            forms.agencies[row["agency_id"]]["name"].split()[0] for row in forms.tables["uof_incidents"].values()
        )
        assert counts == INCIDENTS

    def test_each_incident_has_its_subjects(self, forms):
        """2,777 subjects are numbered within their incidents, as the source numbers them."""
        source = {(row["form_id"], int(row["index"])) for row in forms.read("subject")}
        incidents = {row["id"]: key for key, row in forms.tables["uof_incidents"].items()}
        found = {(incidents[row["incident_id"]], row["seq"]) for row in forms.tables["uof_subjects"].values()}
        assert (found, len(found)) == (source, 2777)

    def test_officers_are_known_by_their_ids(self, forms):
        """423 officers have the source's id for their employee id, in the agency of their forms."""
        source = {(row["officer_name_id"], row["agency_name"].split()[0]) for row in forms.read("incident")}
        found = {
            (row["employee_id"], forms.agencies[row["agency_id"]]["name"].split()[0])
            for row in forms.tables["officers"].values()
        }
        assert found == {each for each in source if each[0]}
        assert len(found) == 423


class TestCells:
    """Every cell that says something is mapped, kept as text, or in a column that the mapping leaves out."""

    def test_every_column_is_accounted_for(self, forms):
        """The columns that these tests look at, and those left out on purpose, are all there are."""
        looked_at = {
            "incident": {
                "form_id", "report_number", "incident_case_number", "incident_date_1", "agency_name", "officer_name_id",
                "officer_age", "officer_race", "officer_rank", "officer_gender", "officer_injured", "video_footage",
                "officer_in_uniform",
            },
            "subject": {"form_id", "index", "arrested", "type", "age", "juvenile", "race", "gender", "injured"},
            "incident_type": {"form_id", "type"},
            **{kind: {"form_id", column} for kind, (column, *_) in LISTS.items()},
        }  # fmt: skip
        for kind, columns in looked_at.items():
            assert columns | set(MAPPING["files"][kind].get("ignored", ())) == set(forms.read(kind)[0])

    def test_of_the_incident(self, forms):
        """Numbers, day, officer's age, uniform and video are the form's."""
        truths = {"True": True, "False": False, "Yes": True, "No": False, "": None}
        for form in forms.read("incident"):
            incident = forms.tables["uof_incidents"][form["form_id"]]
            involvement = forms.tables["uof_involvements"][form["form_id"]]
            day = datetime.combine(date.fromisoformat(form["incident_date_1"]), time(), ZoneInfo("America/New_York"))
            assert (incident["number"], incident["local_case_no"], incident["occurred_at"]) == (
                form["report_number"],
                form["incident_case_number"],
                day.astimezone(UTC),
            )
            assert incident["video_available"] is truths[form["video_footage"]]
            assert involvement["in_uniform"] is truths[form["officer_in_uniform"]]
            assert involvement["officer_injured"] is truths[form["officer_injured"]]
            assert involvement["officer_age"] == (int(float(form["officer_age"])) if form["officer_age"] else None)

    def test_of_the_officer(self, forms):
        """Rank is the involvement's; of an officer without an id the other texts are kept with it."""
        ranks = MAPPING["values"]["rank"]
        for form in forms.read("incident"):
            involvement = forms.tables["uof_involvements"][form["form_id"]]
            officer = forms.officers.get(involvement["officer_id"], {})
            assert officer.get("employee_id", "") == form["officer_name_id"]
            rank = form["officer_rank"]
            assert involvement["officer_rank"] == (None if rank in NOTHING else ranks.get(rank, rank))
            told = {(name, form[name]) for name in ("officer_race", "officer_gender") if form[name] not in NOTHING}
            assert forms.keeps("uof_involvements", form["form_id"]) == (set() if officer else told)

    @pytest.mark.parametrize(
        ("column", "field", "values"), [("officer_race", "race_ethnicity", "race"), ("officer_gender", "sex", "gender")]
    )
    def test_of_an_officers_forms(self, forms, column, field, values):
        """Of what an officer's forms say, one is the officer's, and Other only where they say no more."""
        codes, said = MAPPING["values"][values], defaultdict(set)
        for form in forms.read("incident"):
            said[form["officer_name_id"]] |= {codes[form[column]]} if form[column] not in NOTHING else set()
        for officer in forms.tables["officers"].values():
            names = said[officer["employee_id"]]
            value = officer[field]
            assert (value.name in (names - {"OTHER"} or names)) if names else value is None

    @pytest.mark.parametrize("kind", LISTS)
    def test_of_the_lists(self, forms, kind):
        """Each text of a list is a code in a row of its form, or is kept where it cannot be told in which."""
        column, field, table, keeper, values = LISTS[kind]
        codes = MAPPING["values"][values]
        for row in forms.read(kind):
            form, text = row["form_id"], row[column]
            held = {value.name for value in forms.holds(table, form, field) if value is not None}
            kept = {(column, text), (field, text)} & forms.keeps(keeper, form)
            assert codes[text] in held or kept

    def test_of_the_incident_type(self, forms):
        """The types of a form are its kind of call, all of them."""
        types = defaultdict(list)
        for row in forms.read("incident_type"):
            types[row["form_id"]].append(row["type"])
        for form, incident in forms.tables["uof_incidents"].items():
            assert incident["call_type"] == ("; ".join(sorted(types[form])) or None)

    def test_of_the_subject(self, forms):
        """Sex, race, age and injury are the subject's; a subject that is no known person is told by the kept text."""
        genders, races = MAPPING["values"]["gender"], MAPPING["values"]["race"]
        for row in forms.read("subject"):
            subject = forms.tables["uof_subjects"][f"{row['form_id']}|{row['index']}"]
            age = int(float(row["age"])) if row["age"] else None
            assert (subject["age_exact"], subject["age_band"]) == (age, AgeBand.from_age(age) if row["age"] else None)
            assert (subject["sex"] and subject["sex"].name) == genders.get(row["gender"])
            assert (subject["race_ethnicity"] and subject["race_ethnicity"].name) == races.get(row["race"])
            assert subject["is_juvenile"] is ({"True": True, "False": False}.get(row["juvenile"]))
            assert (subject["injury_types"] == [InjuryType.NONE]) == (row["injured"] == "False")
            kept = {("type", row["type"])} if row["type"] not in {"", "Person"} else set()
            assert forms.kept["uof_subjects", subject["id"]] == kept

    def test_of_arrests(self, forms):
        """Somebody was arrested if one was; nobody was if that is said of all; else it is unknown."""
        said = defaultdict(set)
        for row in forms.read("subject"):
            said[row["form_id"]].add(row["arrested"])
        for form, incident in forms.tables["uof_incidents"].items():
            expected = True if "True" in said[form] else False if said[form] == {"False"} else None
            assert incident["arrest_made"] is expected


class TestHonesty:
    def test_says_nothing_that_the_source_does_not(self, forms):
        """No form says where the agency's review stands, or that it may be published."""
        rows = forms.tables["uof_incidents"].values()
        assert {(row["status"], row["published_at"], row["submitted_at"]) for row in rows} == {
            (IncidentStatus.UNKNOWN, None, None)
        }

    def test_puts_no_resistance_to_one_of_several(self, forms):
        """Where a form has several subjects nothing is said of any one's resistance, and the form's texts are kept."""
        several = {incident: rows for incident, rows in forms.subjects.items() if len(rows) > 1}
        assert len(several) == 77
        assert {row["resistance_types"] is None for rows in several.values() for row in rows} == {True}

    def test_puts_injuries_to_the_only_one_injured(self, forms):
        """Where a form has several subjects and one of them was injured, the injuries are that one's."""
        first, second = (forms.tables["uof_subjects"][f"127089|{number}"] for number in (1, 2))
        assert (first["injury_types"], second["injury_types"]) == ([InjuryType.NONE], [InjuryType.CONTUSION])


@pytest.fixture(scope="module")
async def server(real_site, tmp_path_factory) -> AsyncIterator[Server]:
    async with serving(real_site.url, tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="module")
def keys(real_site):
    """A chief's key for each of the four agencies, made on the command line."""
    return {
        name: real_site.run(
            "key", "create", "--agency", f"{name} Police Department", "--role", "chief", "--purpose", "dashboard"
        )["key"]
        for name in INCIDENTS
    }


class TestChiefs:
    async def test_count_their_own(self, server, keys):
        """Each agency's chief counts exactly its incidents, by rows and by aggregate."""
        query = "{ uofIncidents(first: 1) { totalCount } uofIncidentsAggregate { count } }"
        for name, key in keys.items():
            answer = await server.ask(key, query)
            assert answer == {
                "data": {
                    "uofIncidents": {"totalCount": INCIDENTS[name]},
                    "uofIncidentsAggregate": {"count": INCIDENTS[name]},
                }
            }

    async def test_cannot_tell_another_agencys_ids(self, server, keys, forms):
        """For each id of the others' incidents the answer is, byte for byte, that for an id which does not exist."""
        for name, key in keys.items():
            others = [
                f"uofincident_{row['id'].hex}"
                for row in forms.tables["uof_incidents"].values()
                if not forms.agencies[row["agency_id"]]["name"].startswith(name)
            ]
            assert len(others) == sum(INCIDENTS.values()) - INCIDENTS[name]
            for start in range(0, len(others), FORMS_CHUNK):
                chunk = others[start : start + FORMS_CHUNK]
                theirs = await server.post(key, *ask_for(chunk))
                nobodys = await server.post(key, *ask_for([f"uofincident_{uuid4().hex}" for _ in chunk]))
                assert theirs.content == nobodys.content
                assert set(theirs.json()["data"].values()) == {None}

    async def test_alone_or_as_node(self, server, keys, forms):
        """Asked for alone, and as a node, another agency's incident is the same null."""
        theirs = forms.tables["uof_incidents"]["263071"]["id"]
        for root in ("uofIncident(id: $id) { number }", "node(id: $id) { id }"):
            query = f"query ($id: ID!) {{ {root} }}"
            found, *others = [
                await server.post(keys[name], query, {"id": f"uofincident_{identity.hex}"})
                for name, identity in (("Trenton", theirs), ("Hoboken", theirs), ("Princeton", uuid4()))
            ]
            assert len({answer.content for answer in others}) == 1
            assert list(others[0].json()["data"].values()) == [None]
            assert list(found.json()["data"].values()) != [None]


def ask_for(ids: list[str]) -> tuple[str, dict[str, str]]:
    """Ask for many incidents at once, each under a name of its own."""
    places = range(len(ids))
    parameters = ", ".join(f"$i{place}: ID!" for place in places)
    fields = " ".join(f"n{place}: uofIncident(id: $i{place}) {{ id number status }}" for place in places)
    return f"query ({parameters}) {{ {fields} }}", {f"i{place}": ids[place] for place in places}
