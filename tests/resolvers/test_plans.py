"""No standard query reads a table from end to end: the database itself says how it will go about it."""

import asyncio
import contextlib
import re
import sqlite3

import pytest

from tests.resolvers.explained import explain_postgres, explain_sqlite, walk
from tests.resolvers.nation import AGENCY, HOLDERS, OFFICER, fill_nation
from tests.resolvers.standard import STANDARD
from tests.server import serving
from tests.world.build import PATROL_OFFICER, identify
from tests.world.store import key_of

TABLES = {
    "agencies", "units", "unit_closure", "officers", "courses", "trainings",
    "uof_incidents", "uof_involvements", "uof_subjects",
}  # fmt: skip
SORTED_MAX = 100
SORTED_WHOLE = {
    ("next by name", role): "the names of undercover officers are hidden from it, so that it sorts by no column"
    for role in ("supervisor", "officer")
}
ORDER_KEEPING = {"Nested Loop", "Memoize", "Function Scan", "Subquery Scan", "Index Scan", "Index Only Scan", "Result"}
PER_PARENT = {"nested", "deep", "groups"}
"""What SQLite sorts once all is read: the records of each row of a page, and groups."""
NEWEST = {"newest trainings": "completed_on", "newest incidents": "occurred_at"}
READ = re.compile(rf"(SCAN|SEARCH) ({'|'.join(TABLES)})_\d+")
CASES = [pytest.param(name, role, id=f"{name}-{role}") for name in STANDARD for role in HOLDERS]


@pytest.fixture(scope="module")
def nation(postgres_cluster, postgres_template):
    """A database of 1,516 agencies, and a key for each role in the first."""
    with postgres_cluster.copied(postgres_template) as url:
        yield url, asyncio.run(fill_nation(url))


@pytest.fixture(scope="module")
async def nationwide(nation, tmp_path_factory):
    """A server over it."""
    async with serving(nation[0], tmp_path_factory.mktemp("nation")) as server:
        yield server


@pytest.fixture(scope="module")
def embedded_url(copy_world):
    """The world in an SQLite file that was never analysed: a small one would be taken for what it is."""
    with copy_world("sqlite") as url:
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute("DELETE FROM sqlite_stat1")
        yield url


@pytest.fixture(scope="module")
async def embedded(embedded_url, tmp_path_factory):
    """A server over it."""
    async with serving(embedded_url, tmp_path_factory.mktemp("embedded")) as server:
        yield server


async def list_sent(server, key, name, agency_id, officer_id):
    """Ask a standard query, its second page where it has pages, and return what was sent for that."""
    text = STANDARD[name]
    variables = {"agency": f"agency_{agency_id.hex}", "officer": f"officer_{officer_id.hex}"}
    if "$cursor" in text:
        body = await server.ask(key, text.replace("last: 20, before: $cursor", "first: 20, after: $cursor"))
        (page,) = body["data"].values()
        variables["cursor"] = page["pageInfo"]["endCursor"]
    with server.recording() as statements:
        body = await server.ask(key, text, variables)
    assert "data" in body
    assert statements
    return statements


@pytest.mark.parametrize("is_generic", [False, True], ids=["sent", "prepared"])
@pytest.mark.parametrize(("name", "role"), CASES)
async def test_postgresql(nation, nationwide, name, role, is_generic):
    """PostgreSQL reads by index and within the agency, and sorts a page, whether it plans for these values or any."""
    url, keys = nation
    statements = await list_sent(nationwide, keys[role], name, AGENCY, OFFICER)
    plans = await explain_postgres(url, statements, is_generic=is_generic)
    assert [node for plan in plans for node in walk(plan) if reads_beyond_agency(node)] == []
    assert [node for plan in plans for node in walk(plan) if looks_among_all(node)] == []
    assert (name, role) in SORTED_WHOLE or max(map(count_sorted, plans), default=0) <= SORTED_MAX


@pytest.mark.parametrize("is_generic", [False, True], ids=["sent", "prepared"])
@pytest.mark.parametrize(("name", "column"), NEWEST.items())
async def test_later_page(nation, nationwide, name, column, is_generic):
    """A later page of what is newest begins where the one before ended, and does not read that again."""
    url, keys = nation
    statements = await list_sent(nationwide, keys["chief"], name, AGENCY, OFFICER)
    (plan,) = await explain_postgres(url, statements, is_generic=is_generic)
    assert any(f"({column} <= " in node.get("Index Cond", "") for node in walk(plan))


@pytest.mark.parametrize("is_generic", [False, True], ids=["sent", "prepared"])
@pytest.mark.parametrize("name", ["nested", "deep"])
async def test_order_of_pages_below_rows(nation, nationwide, name, is_generic):
    """What is joined to the page of a row cannot change its order: above its limit stand nested loops alone."""
    url, keys = nation
    statements = await list_sent(nationwide, keys["chief"], name, AGENCY, OFFICER)
    below = [sent for sent in statements if "WITH ORDINALITY" in sent]
    assert below
    for plan in await explain_postgres(url, below, is_generic=is_generic, discouraged="enable_nestloop"):
        assert {node["Node Type"] for node in list_above_limit(plan)} <= ORDER_KEEPING


@pytest.mark.parametrize(("name", "role"), CASES)
async def test_sqlite(embedded, embedded_url, name, role):
    """SQLite reads by index and within the agency, and a page in the order of an index."""
    holder = identify("alder"), identify("alder", "officer", PATROL_OFFICER)
    statements = await list_sent(embedded, key_of(role).text, name, *holder)
    for step in await explain_sqlite(embedded_url.removeprefix("sqlite:///"), statements):
        assert not READ.match(step) or "agency_id=?" in step or "agencies_" in step, step
        assert step != "USE TEMP B-TREE FOR ORDER BY" or name in PER_PARENT or (name, role) in SORTED_WHOLE


def reads_beyond_agency(node):
    """Whether a step reads a table from end to end, or an index without the agency."""
    if node["Node Type"] == "Seq Scan":
        return node["Relation Name"] in TABLES
    return "Index Name" in node and not re.search(r"\b(agency_id|id) =", node.get("Index Cond", ""))


def looks_among_all(node):
    """Whether a step looks for an id in an index where the agency's are in another order."""
    is_by_id = re.search(r"\bid = ", node.get("Index Cond", ""))
    return is_by_id and not re.match(r"pk_|ix_[a-z_]+_agency_id_id(_|$)", node["Index Name"])


def list_above_limit(plan):
    """List the steps from the top of a plan down to the first that limits."""
    if plan["Node Type"] == "Limit":
        return []
    return [plan, *(node for below in plan.get("Plans", ()) for node in list_above_limit(below))]


def count_sorted(plan):
    """How many rows at most one step of a plan is expected to sort, but for those that are nearly in order."""
    return max((node["Plan Rows"] for node in walk(plan) if node["Node Type"] == "Sort"), default=0)
