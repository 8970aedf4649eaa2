"""Laws of combination, over generated overlays and role sets."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from louver.authz import Act, PolicyLine, Role, Rows, Snapshot
from louver.authz.lines import as_domain
from louver.authz.shipped import read_coordinates, read_policy
from louver.authz.vocabulary import POLICY_ROWS

AGENCY = UUID("00000000-0000-4000-8000-00000000000a")
COORDINATES = ("Officer", "Officer.firstName", "Officer.workPhone", "Training.notes", "UofIncident.summary")
OBJECTS = (*COORDINATES, "officer_contact", "Officer.*", "*")
VIEWS = (Act.VIEW, Act.VIEW_MASKED, Act.VIEW_AGGREGATE)
GRANTING = tuple(role for role in Role if role is not Role.PARTNER)


def make_line(sub, obj, act, rows, eft):
    return PolicyLine.for_agency(AGENCY, sub=sub, obj=obj, act=act, rows=rows, eft=eft)


roles = st.sampled_from((*GRANTING, "shift_lead"))
role_sets = st.frozensets(st.sampled_from((*Role, "shift_lead")), max_size=4)
objects, acts = st.sampled_from(OBJECTS), st.sampled_from(VIEWS)
allows = st.builds(make_line, roles, objects, acts, st.sampled_from(POLICY_ROWS), st.just("allow"))
denies = st.builds(make_line, roles, objects, acts, st.just(Rows.AGENCY), st.just("deny"))
overlays = st.lists(allows | denies, max_size=6)
quick = settings(max_examples=60, deadline=None)


def decide_all(overlay, role_set):
    rights = Snapshot.load(overlay).rights(AGENCY, role_set, modules=["UOF"], subscription="ACTIVE")
    return {coordinate: rights.decide(coordinate) for coordinate in COORDINATES}


def is_within(narrow, wide):
    return all(
        (getattr(narrow[c], rows) <= getattr(wide[c], rows))
        for c in COORDINATES
        for rows in ("view", "masked", "aggregate")
    )


def find_rows(lines, role_set, coordinate, act):
    """Combine lines by the law alone: every allow's rows, or none where a single deny applies."""
    touching = [
        line
        for line in lines
        if line.sub in role_set and line.act == act and coordinate in read_coordinates().expand(line.obj)
    ]
    return set() if any(line.is_deny for line in touching) else {line.rows for line in touching}


@quick
@given(overlays, role_sets)
def test_union_of_allows_minus_denies(overlay, role_set):
    """Each cell of the combined right is the union of the allows, and empty where any deny applies."""
    lines = (*read_policy(), *overlay)
    for coordinate, decision in decide_all(overlay, role_set).items():
        view, masked, aggregate = (find_rows(lines, role_set, coordinate, act) for act in VIEWS)
        assert (decision.view, decision.masked, decision.aggregate) == (view, masked, aggregate | view)


@quick
@given(overlays, role_sets, roles)
def test_a_role_without_denies_never_narrows(overlay, role_set, role):
    """Adding a role takes nothing away unless a line denies that role something."""
    lines = [line for line in overlay if not (line.is_deny and line.sub == role)]
    if role is not Role.PUBLIC_PORTAL:
        assert is_within(decide_all(lines, role_set), decide_all(lines, role_set | {role}))


@quick
@given(overlays, role_sets, denies)
def test_a_deny_never_widens(overlay, role_set, deny):
    """Adding a deny shows nobody anything more."""
    assert is_within(decide_all([*overlay, deny], role_set), decide_all(overlay, role_set))


@quick
@given(overlays, role_sets)
def test_another_agency_is_untouched(overlay, role_set):
    """What one agency writes is not seen in another's decisions, versions included."""
    foreign = [line._replace(dom=as_domain(UUID(int=7))) for line in overlay]
    assert decide_all(foreign, role_set) == decide_all([], role_set)


@quick
@given(overlays, role_sets)
def test_ceilings_hold(overlay, role_set):
    """No overlay shows the public portal a row about people."""
    decisions = decide_all(overlay, role_set | {Role.PUBLIC_PORTAL}).values()
    assert all(decision.is_denied for decision in decisions)
