"""What is said to be seen is what plans show: sights against the viewpoint that plans are built from."""

import pytest

from louver.authz import Membership, Role, Snapshot
from louver.authz.sights import Degree, look
from louver.resolvers.dialects import SqliteSpeech
from louver.resolvers.standings import standings_of
from louver.resolvers.viewpoint import Access, Viewpoint
from louver.schema.catalogue import build_catalogue
from tests.explaining.conftest import AGENCY, make_deny, make_line

CATALOGUE = build_catalogue()
OVERLAYS = {
    "default": (),
    "narrowed": (
        make_deny("chief", "Training.hours"),
        make_deny("hr", "Officer.unit"),
        make_deny("legal", "UofSubject"),
    ),
    "widened": (
        make_line("hr", "UofIncident"),
        make_line("hr", "uof_summary", "view_masked"),
        make_line("auditor", "UofInvolvement.officer", "view_masked"),
        make_line("records_clerk", "involvement_officer", rows="unit"),
    ),
}
SETS = [(role,) for role in Role] + [("officer", "auditor"), ("chief", "public_portal"), ("supervisor", "hr")]


@pytest.fixture(params=OVERLAYS)
def snapshot(request):
    return Snapshot.load(OVERLAYS[request.param])


@pytest.fixture(params=SETS, ids="+".join)
def rights(request, snapshot):
    return snapshot.rights(AGENCY, request.param, modules=["UOF"], subscription="ACTIVE")


@pytest.fixture
def viewpoint(rights):
    (standing,) = standings_of([Membership(AGENCY, rights)])
    return Viewpoint([standing.standpoint], CATALOGUE, SqliteSpeech())


def test_fields_are_seen_as_plans_show_them(rights, viewpoint, needs):
    """A field is visible, masked or neither exactly where its visible expression is bare, a mask or missing."""
    for entity in CATALOGUE.values():
        is_reached = viewpoint.reach(entity, entity.table) is not None
        for column in entity.columns.values():
            coordinate = entity.coordinate(column.name)
            shown = viewpoint.visible(entity, column, entity.table) if is_reached else None
            degree = look(rights, coordinate, needs[coordinate]).degree
            assert degree.is_shown is (shown is not None and shown.access is not Access.DENIED), coordinate
            if shown is not None and shown.access is Access.MASKED and column.guard is None:
                assert degree is Degree.MASKED, coordinate


def test_relations_lead_where_plans_follow_them(rights, viewpoint, needs):
    """A relation is visible exactly where a plan may follow it from a row that is reached."""
    for entity in CATALOGUE.values():
        is_reached = viewpoint.reach(entity, entity.table) is not None
        for relation in entity.relations.values():
            coordinate = entity.coordinate(relation.name)
            child = CATALOGUE[relation.target].table.alias()
            is_followed = is_reached and viewpoint.follow(entity, relation, entity.table, child)[0] is not None
            assert (look(rights, coordinate, needs[coordinate]).degree is Degree.VISIBLE) is is_followed, coordinate


def test_roots_are_open_as_plans_reach_them(rights, viewpoint, needs):
    """A root for rows is open where rows may be listed, and one for numbers where they may be counted."""
    for entity in CATALOGUE.values():
        lists = viewpoint.reach(entity, entity.table) is not None
        counts = viewpoint.aggregating.reach(entity, entity.table) is not None
        page, numbers = f"Query.{entity.plural}", f"Query.{entity.plural}Aggregate"
        assert look(rights, page, needs[page]).degree.is_shown is lists
        assert (look(rights, numbers, needs[numbers]).degree is not Degree.DENIED) is counts
