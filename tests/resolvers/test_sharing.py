"""Plans are shared by all for whom the same is decided, and by nobody else."""

import itertools
import random

import pytest

from louver.authz.lines import PolicyLine
from louver.authz.shipped import read_coordinates
from louver.authz.vocabulary import Act
from louver.resolvers.planner import Planner
from tests.resolvers.principals import SNAPSHOT, Asker, join
from tests.resolvers.standard import STANDARD
from tests.world.build import PATROL_OFFICER, identify

SEED = 20_260_301
ROLES = ("chief", "supervisor", "records_clerk")
NAMES = ("Officer.lastName", "Officer.badgeNumber", "Officer.hireDate", "Training.status", "Training")
"""Of many forms: a page, a point, a filter, an order and a group ask them."""
VARIABLES = {
    "officer": f"officer_{identify('alder', 'officer', PATROL_OFFICER).hex}",
    "agency": f"agency_{identify('alder').hex}",
    "cursor": None,
}


def list_overlays(role):
    """List what may be said of a field: nothing of it is seen, or something in the place of its value, or by counts."""
    for name in NAMES:

        def say(act, rows, effect, name=name):
            return PolicyLine.for_agency(identify("alder"), sub=role, obj=name, act=act, rows=rows, eft=effect)

        hidden = [say(Act.VIEW, "agency", "deny")]
        yield hidden
        yield from ([say(Act.VIEW, rows, "allow")] for rows in ("agency", "unit", "own"))
        for act, rows in itertools.product((Act.VIEW_MASKED, Act.VIEW_AGGREGATE), ("agency", "unit", "own")):
            yield [*hidden, say(act, rows, "allow")]


def list_askers(served):
    """List principals of one agency of whom no two are decided alike, in no order."""
    coordinates = read_coordinates()
    scopes = {name: [each for each in coordinates.fields if not each.startswith(name)] for name in NAMES}
    joined = [join("alder", "chief", scopes=tuple(kept)) for kept in scopes.values()]
    for role in ROLES:
        snapshots = [SNAPSHOT.with_overlay(identify("alder"), lines) for lines in list_overlays(role)]
        joined += [join("alder", role, snapshot=snapshot) for snapshot in snapshots]
    random.Random(SEED).shuffle(joined)
    return [Asker.of(served, membership) for membership in joined]


def anew(planner):
    """Make a planner that has built nothing."""
    return Planner(planner._catalogue, planner._speech)


async def tell(asker):
    """All that becomes of the standard queries: statements with their parameters, and answers."""
    told = []
    for query in STANDARD.values():
        variables = {name: value for name, value in VARIABLES.items() if f"${name}" in query}
        with asker.server.recording() as sent:
            answer = await asker.ask(query, variables)
        told.append((sorted((str(each), repr(each.parameters)) for each in sent), answer))
    return told


@pytest.fixture
def gateway(served):
    """The server's gateway, with a planner of this test's own."""
    gateway = served.service.endpoint._gateway._gateway._gateway._gateway
    planner, gateway._planner = gateway._planner, anew(gateway._planner)
    yield gateway
    gateway._planner = planner


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)  # what is shared is decided before it is spelled
async def test_shared_is_as_built(served, gateway):
    """Whoever gets a plan that was built for another reads and is answered as with one built for him alone."""
    askers = list_askers(served)
    shared = [await tell(asker) for asker in askers]
    plans = list(gateway._planner.plans._values.values())
    assert len({id(plan) for plan in plans}) < len(plans)
    for asker, told in zip(askers, shared, strict=True):
        gateway._planner = anew(gateway._planner)
        assert await tell(asker) == told


async def test_untouched_is_shared(served, gateway):
    """Policies that differ only where an operation does not look have one plan for it; where it looks, each its own."""
    for name in ("Officer.undercoverName", "Officer.badgeNumber", "Officer.rank"):
        line = PolicyLine.for_agency(identify("alder"), sub="chief", obj=name, act="view", rows="agency", eft="deny")
        snapshot = SNAPSHOT.with_overlay(identify("alder"), [line])
        await Asker.of(served, join("alder", "chief", snapshot=snapshot)).ask(
            "{ officers(first: 1) { nodes { id rank } } }"
        )
    names, badges, ranks = gateway._planner.plans._values.values()
    assert names is badges
    assert ranks is not badges
