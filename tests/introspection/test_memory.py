"""What a role costs in memory: a number of bits, not a schema."""

import gc
import sys
import tracemalloc

from louver.authz.snapshot import Snapshot
from louver.resolvers.dialects import SqliteSpeech
from louver.resolvers.standings import standings_of
from louver.resolvers.viewpoint import Viewpoint
from louver.schema.roots import build_schema
from tests.scopes.desk import At
from tests.world.store import ROLES

LIMIT_BYTES = 50 * 1024
TRIED = ROLES[:3]
"""As many as it takes: each is the bits of one number over the same coordinates."""


def test_memory_of_a_role():
    """What is kept of a role for introspection, beside the decisions that its queries take anyway, is under 50 KB."""
    schema, snapshot = build_schema(), Snapshot.load()

    def build(role: str):
        (standing,) = standings_of([At("alder", (role,)).as_membership(snapshot)])
        return schema.visibilities.build(Viewpoint([standing.standpoint], schema.catalogue, SqliteSpeech()))

    kept, costs = [build(role) for role in TRIED], {}  # now the decisions are made
    gc.collect()
    gc.freeze()  # what is there already need not be walked in each of the collections below
    tracemalloc.start()
    try:
        for role in [*TRIED, *TRIED, *TRIED]:
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
            kept.append(build(role))
            gc.collect()
            # The least of three: threads that other tests left allocate as well.
            costs[role] = min(tracemalloc.get_traced_memory()[0] - before, costs.get(role, sys.maxsize))
    finally:
        tracemalloc.stop()
        gc.unfreeze()
    assert max(costs.values()) < LIMIT_BYTES, costs
    assert sys.getsizeof(kept[0]._bits) < 1024
