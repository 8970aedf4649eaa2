"""§5.3: viewing, entering and exporting are three rights, each the agency's to give."""

from itertools import permutations

import pytest

from louver.authz.lines import PolicyLine
from louver.authz.snapshot import Snapshot
from louver.authz.vocabulary import Act
from tests.scopes.desk import PAGE_SIZE_MAX, At
from tests.world.build import identify

FIELD = "Training.notes"


def rights_of(*lines: PolicyLine):
    snapshot = Snapshot.load(lines)
    return snapshot.rights(identify("alder"), ["clerk"], modules=("TRAINING", "UOF"), subscription="ACTIVE")


def line(act: str, effect: str = "allow") -> PolicyLine:
    return PolicyLine.for_agency(identify("alder"), sub="clerk", obj=FIELD, act=act, rows="agency", eft=effect)


@pytest.mark.parametrize(("given", "other"), list(permutations([Act.VIEW, Act.ENTER, Act.EXPORT], 2)))
def test_5_3_none_brings_another(given, other):
    """Whoever is given one of the three has that one, and not another with it."""
    rights = rights_of(line(given))
    assert not rights.permit(FIELD, given).is_denied
    assert rights.permit(FIELD, other).is_denied


@pytest.mark.parametrize(("taken", "other"), list(permutations([Act.VIEW, Act.ENTER, Act.EXPORT], 2)))
def test_5_3_none_takes_another(taken, other):
    """Whoever is forbidden one of the three keeps the others."""
    rights = rights_of(*map(line, (Act.VIEW, Act.ENTER, Act.EXPORT)), line(taken, "deny"))
    assert rights.permit(FIELD, taken).is_denied
    assert not rights.permit(FIELD, other).is_denied


def test_5_3_nothing_without_a_line():
    """A role that the agency gave nothing may do none of the three."""
    rights = rights_of()
    assert all(rights.permit(FIELD, act).is_denied for act in Act)


async def test_5_3_no_export_by_paging(desk):
    """Who may view and not export reads by the page: one that asks for more than a page is refused, unread."""
    query = "query ($n: Int!) { officers(first: $n) { nodes { id trainings(first: $n) { nodes { id } } } } }"
    chief = At("alder", ("chief",))
    assert "errors" not in await desk.ask(chief, query, {"n": 10})
    with desk.recording() as statements:
        body = await desk.ask(chief, query, {"n": PAGE_SIZE_MAX + 1})
    assert [error["extensions"]["code"] for error in body["errors"]] == ["LIMIT_EXCEEDED"]
    assert ("data" in body, statements) == (False, [])
