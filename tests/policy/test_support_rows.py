"""A support grant of named officers or incidents: every surface keeps to their rows."""

from uuid import UUID

import pytest

from louver.authz.grants import Grant, open_grants
from louver.authz.shipped import read_coordinates
from tests.access.asking import PLURALS
from tests.policy.asking import changed, look, refused
from tests.policy.test_support import ENGINEER, ask, grant
from tests.world.build import identify
from tests.world.shown import outside_id
from tests.world.store import key_of

OF_OFFICER, OF_INCIDENT = ("Officer", "Training"), ("UofIncident", "UofInvolvement")


def ids_of(world, type_name, count=2, agency="alder"):
    return [outside_id(type_name, row) for row in world.of_agency(type_name, agency)[:count]]


async def open_force(server, incidents, **order):
    granted = await grant(server, incidentIds=incidents, includesUof=True, **order)
    await changed(server, "approveSupportGrant", "chief", grantId=granted["id"])
    return granted


def list_everything():
    aggregates = (f"{PLURALS[name]}Aggregate {{ count }}" for name in OF_OFFICER)
    lists = (f"{PLURALS[name]}(first: 1000) {{ totalCount nodes {{ id }} }}" for name in (*OF_OFFICER, *OF_INCIDENT))
    return f"{{ {' '.join((*lists, *aggregates))} }}"


class TestOfficers:
    async def test_3_2_only_named_officers(self, own_served, world):
        """Lists, counts and aggregates hold the named officers and their trainings, and no incident."""
        named = ids_of(world, "Officer")
        granted = await grant(own_served, officerIds=named)
        assert (sorted(granted["officerIds"]), granted["incidentIds"]) == (sorted(named), None)
        data, _ = await ask(own_served, list_everything())
        trainings = {
            outside_id("Training", row)
            for row in world.of_agency("Training", "alder")
            if f"officer_{row['officer_id'].hex}" in named
        }
        assert {node["id"] for node in data["officers"]["nodes"]} == set(named)
        assert {node["id"] for node in data["trainings"]["nodes"]} == trainings
        assert (data["officers"]["totalCount"], data["officersAggregate"]["count"]) == (2, 2)
        assert data["trainings"]["totalCount"] == data["trainingsAggregate"]["count"] == len(trainings)
        assert (data["uofIncidents"], data["uofInvolvements"]) == (None, None)

    async def test_3_2_others_are_not_there(self, own_served, world):
        """An officer who is not named is answered as one that does not exist, by id, filter, relation and node."""
        named, other = ids_of(world, "Officer")
        await grant(own_served, officerIds=[named])
        absent = "officer_" + "0" * 32
        training = next(
            outside_id("Training", row)
            for row in world.of_agency("Training", "alder")
            if f"officer_{row['officer_id'].hex}" == other
        )
        for query in (
            '{{ officer(id: "{id}") {{ id rank }} }}',
            '{{ node(id: "{id}") {{ id }} }}',
            '{{ officers(filter: {{ id: {{ eq: "{id}" }} }}) {{ totalCount }} }}',
            '{{ trainings(filter: {{ officer: {{ id: {{ eq: "{id}" }} }} }}) {{ totalCount }} }}',
        ):
            answers = [await ask(own_served, query.format(id=each)) for each in (other, absent)]
            assert answers[0] == answers[1]
            assert (await ask(own_served, query.format(id=named)))[0] != answers[0][0]
        assert (await ask(own_served, f'{{ training(id: "{training}") {{ id }} }}'))[0] == {"training": None}

    async def test_3_2_the_agency_itself_stays_open(self, own_served, world):
        """What is about nobody, the agency, its units and its courses, is opened as by any other grant."""
        await grant(own_served, officerIds=ids_of(world, "Officer", 1))
        data, denied = await ask(own_served, "{ courses { totalCount } units { totalCount } agencies { totalCount } }")
        assert denied == {}
        assert data["courses"]["totalCount"] == len(world.of_agency("Course", "alder"))
        commanders = await ask(own_served, "{ units(first: 100) { nodes { commander { id } } } }")
        assert {str(node["commander"]) for node in commanders[0]["units"]["nodes"]} <= {
            "None",
            str({"id": ids_of(world, "Officer", 1)[0]}),
        }


class TestIncidents:
    async def test_3_2_only_named_incidents(self, own_served, world):
        """Only the named incidents are there, with what belongs to them; no officer is, though involved."""
        named = ids_of(world, "UofIncident")
        await open_force(own_served, named)
        data, _ = await ask(own_served, list_everything())
        involvements = {
            outside_id("UofInvolvement", row)
            for row in world.of_agency("UofInvolvement", "alder")
            if f"uofincident_{row['incident_id'].hex}" in named
        }
        assert involvements
        assert {node["id"] for node in data["uofIncidents"]["nodes"]} == set(named)
        assert {node["id"] for node in data["uofInvolvements"]["nodes"]} == involvements
        assert (data["officers"], data["trainings"], data["officersAggregate"]) == (None, None, None)

    async def test_3_2_named_rows_still_take_two(self, own_served, world):
        """Incidents that are named stay closed until a second person approves."""
        await grant(own_served, incidentIds=ids_of(world, "UofIncident"), includesUof=True)
        assert (await ask(own_served, "{ uofIncidents { totalCount } }"))[0] == {"uofIncidents": None}


class TestTogether:
    async def test_3_2_a_field_of_one_grant_is_not_read_on_the_rows_of_another(self, own_served, world):
        """Beside a grant of one field on all rows, what else is named is seen on the named rows alone."""
        named = ids_of(world, "Officer", 1)
        await grant(own_served, fields=["Officer.rank"])
        await grant(own_served, fields=["Officer.title"], officerIds=named)
        data, denied = await ask(own_served, "{ officers(first: 1000) { nodes { id rank title } } }")
        assert denied == {}
        assert len(data["officers"]["nodes"]) == len(world.of_agency("Officer", "alder"))
        assert {node["id"] for node in data["officers"]["nodes"] if node["title"] is not None} <= set(named)
        counted, _ = await ask(own_served, "{ officers(filter: { title: { isNull: false } }) { totalCount } }")
        assert counted["officers"]["totalCount"] <= 1

    async def test_3_2_revoked_with_its_rows(self, own_served, world):
        """The rows of a grant that was revoked are closed at the next request."""
        first, second = ids_of(world, "Officer")
        kept = await grant(own_served, officerIds=[first])
        gone = await grant(own_served, officerIds=[second])
        assert (await ask(own_served, "{ officers { totalCount } }"))[0] == {"officers": {"totalCount": 2}}
        await changed(own_served, "revokeSupportGrant", grantId=gone["id"])
        data, _ = await ask(own_served, "{ officers { nodes { id } } }")
        assert data == {"officers": {"nodes": [{"id": first}]}}
        assert {each["id"]: each["officerIds"] for each in await look(own_served, "supportGrants")}[kept["id"]] == [
            first
        ]

    def test_3_2_of_different_rows_only_what_all_open(self):
        """Of grants of different rows a field is open if each opens it; of those of the same rows, if one does."""
        one, two = "1" * 32, "2" * 32
        grants = [
            Grant(UUID(int=1), "T", False, ["Officer.rank", "Officer.title", "Course.*"], [one]),
            Grant(UUID(int=2), "T", False, ["Officer.rank"], [two]),
            Grant(UUID(int=3), "T", False, ["Officer.sex"], [two]),
        ]
        opened = open_grants(grants, None)
        assert opened.narrowed == {"Officer", "Officer.rank"}
        assert {"Course.title", "Officer.rank"} <= set(opened.scopes)
        assert opened.officers == {UUID(one), UUID(two)}
        alike = open_grants(grants[1:], None)
        assert alike.narrowed == {"Officer", "Officer.rank", "Officer.sex"}
        assert open_grants(grants[1:], ["Officer.sex"]).scopes == {"Officer", "Officer.sex"}

    def test_3_2_named_rows_beside_everything(self):
        """Beside a grant of everything, within what the key was issued for, naming rows narrows nothing."""
        grants = [
            Grant(UUID(int=1), "T", True, None),
            Grant(UUID(int=2), "T", False, None, ["1" * 32]),
        ]
        assert open_grants(grants, None) == (None, frozenset(), frozenset(), frozenset())
        assert open_grants(grants, ["Officer.*"]).narrowed == frozenset()

    def test_every_type_is_someones_or_the_agencys(self):
        """A type of the policy belongs to an officer, an incident or the agency; a new one has to be told which."""
        grant = Grant(UUID(int=1), "T", True, None, ["1" * 32], ["2" * 32])
        assert {name for name in open_grants([grant], None).scopes if "." not in name} == read_coordinates().types

    def test_3_2_no_rows_for_a_list_that_is_empty(self):
        """A grant whose lists are empty opens no row of anybody."""
        opened = open_grants([Grant(UUID(int=1), "T", True, None, [], [])], None)
        assert not any(name.startswith(("Officer", "Training", "Uof")) for name in opened.scopes)


class TestRefused:
    @pytest.mark.parametrize(
        ("order", "words"),
        [
            ({"officerIds": []}, "0 officers are named"),
            ({"officerIds": ["officer_" + "1" * 32] * 101}, "101 officers are named"),
            ({"officerIds": ["officer_" + "1" * 32]}, "none of the agency's"),
            ({"officerIds": [f"officer_{identify('birch', 'officer', 1).hex}"]}, "none of the agency's"),
            ({"officerIds": ["x' OR 1=1"]}, "none of the agency's"),
            ({"incidentIds": ["uofincident_" + "1" * 32]}, "names incidents"),
            ({"incidentIds": ["uofincident_" + "1" * 32], "includesUof": True}, "none of the agency's"),
            ({"officerIds": ["officer_" + "1" * 32], "includesUof": True}, "names incidents"),
        ],
        ids=["none", "too many", "absent", "foreign", "no id", "unasked", "absent incident", "asked for no incident"],
    )
    async def test_3_2_no_grant_of_what_is_not_there(self, served, order, words):
        """Rows that the agency has not, and another's, are refused alike, and nothing that was sent is repeated."""
        error = await refused(served, "grantSupport", ticket="T", reason="r", **order)
        assert error["code"] == "BAD_REQUEST"
        assert words in error["message"]
        assert not any(each in str(error) for each in order.get("officerIds", ()))

    async def test_no_line_says_granted(self, served):
        """What a grant names is not a scope that a policy line may give."""
        lines = [{"role": "chief", "object": "Officer.rank", "act": "view", "rows": "granted"}]
        error = await refused(served, "publishPolicy", baseVersion=0, reason="r", add=lines)
        assert "'granted' is not one of agency," in error["message"]


async def test_3_2_another_agencys_rows_stay_closed(own_served, world):
    """A grant of named rows opens no row of another agency."""
    await grant(own_served, officerIds=ids_of(world, "Officer", 1))
    foreign = ids_of(world, "Officer", 1, "birch")[0]
    body = await own_served.ask(key_of(ENGINEER).text, f'{{ officer(id: "{foreign}") {{ id }} }}')
    assert body["data"] == {"officer": None}
