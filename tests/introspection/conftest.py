"""A desk over the world; what a caller may know of does not depend on the engine."""

import pytest

from tests.scopes.desk import EVERY_TRAINING, At, open_desk, somebody
from tests.world.build import SERGEANT
from tests.world.store import ROLES

CALLERS = {
    **{role: [At("alder", (role,), ("patrol",), SERGEANT, cycle=EVERY_TRAINING)] for role in ROLES},
    "no agency": [],
    "no role": [At("alder", ())],
    "chief without uof": [At("alder", ("chief",), modules=("TRAINING",))],
    "public without uof": [At("alder", ("public_portal",), modules=("TRAINING",))],
    "admin of an ended subscription": [At("alder", ("agency_admin",), subscription="CANCELLED")],
    "chief of an ended subscription": [At("alder", ("chief",), subscription="CANCELLED")],
    "scoped chief": [At("alder", ("chief",), scopes=("Officer.badgeNumber", "officer_title", "Training.*"))],
    "scoped auditor": [At("alder", ("auditor",), scopes=("UofSubject.*", "UofIncident.status"))],
    "several roles": [At("alder", ("supervisor", "auditor", "hr"), ("patrol",), SERGEANT)],
    "several agencies": [At("alder", ("auditor",)), At("birch", ("public_portal",)), At("cedar", ("hr",), modules=())],
}


@pytest.fixture(scope="session")
async def desk(world_file):
    """A gateway over the world on SQLite, which no test writes to."""
    async with open_desk(f"sqlite:///{world_file}") as desk:
        yield desk


@pytest.fixture(params=CALLERS)
def caller(request):
    """Each caller in turn."""
    return somebody(*CALLERS[request.param])
