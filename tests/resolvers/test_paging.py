"""Paging: all pages in a row are the whole list, forward and backward, over ties and nulls, on both engines alike."""

import pytest

from tests.access.asking import PLURALS, SORTABLE
from tests.world.sight import Sight, comparable
from tests.world.store import key_of

ORDERS = {
    "ties and nulls": ("chief", "Officer", [("rank", "ASC")]),
    "ties and nulls, reversed": ("chief", "Officer", [("rank", "DESC")]),
    "two terms": ("chief", "Officer", [("title", "DESC"), ("lastName", "ASC")]),
    "three kinds": ("chief", "Officer", [("isSworn", "DESC"), ("licenseStatus", "ASC"), ("hireDate", "DESC")]),
    "text in byte order": ("chief", "Officer", [("workEmail", "ASC")]),
    "no order": ("chief", "Officer", []),
    "dates": ("chief", "Training", [("completedOn", "DESC")]),
    "numbers": ("chief", "Training", [("score", "ASC"), ("attempts", "DESC")]),
    "derived": ("chief", "Training", [("hoursEarned", "DESC"), ("hours", "ASC")]),
    "codes": ("chief", "Training", [("status", "ASC"), ("passed", "DESC")]),
    "instants": ("chief", "UofIncident", [("submittedAt", "ASC"), ("occurredAt", "DESC")]),
    "coordinates": ("chief", "UofIncident", [("latitude", "DESC")]),
    "pseudonyms": ("chief", "UofInvolvement", [("officerRef", "DESC"), ("officerAge", "ASC")]),
    "derived truth": ("chief", "UofSubject", [("impaired", "ASC"), ("seq", "DESC")]),
    "withheld": ("chief", "UofSubject", [("ageExact", "ASC")]),
    "withheld, reversed": ("training_coordinator", "Officer", [("employeeId", "DESC")]),
    "initials": ("auditor", "Officer", [("lastName", "ASC"), ("firstName", "DESC")]),
    "last two digits": ("auditor", "Officer", [("badgeNumber", "DESC")]),
    "year": ("auditor", "Officer", [("hireDate", "ASC"), ("separationDate", "DESC")]),
    "active or not": ("supervisor", "Officer", [("employmentStatus", "DESC"), ("hireDate", "ASC")]),
    "month": ("support", "UofIncident", [("occurredAt", "DESC"), ("level", "ASC")]),
    "another month": ("support", "UofIncident", [("submittedAt", "ASC")]),
    "block": ("agency_admin", "UofIncident", [("latitude", "ASC"), ("longitude", "DESC")]),
    "on file": ("supervisor", "Training", [("notes", "ASC")]),
    "names of hidden officers": ("training_coordinator", "Officer", [("lastName", "DESC")]),
    "own rows": ("officer", "Training", [("completedOn", "ASC")]),
}


def expected(world, role, type_name, order):
    """The ids of all rows, sorted: null is the largest value, and the id decides ties."""
    sight = Sight(world, role)
    rows = sorted(sight.scopes.listed(type_name), key=lambda row: row["id"].hex)
    for field, direction in reversed(order):
        values = {row["id"]: comparable(sight.visible(f"{type_name}.{field}", row)) for row in rows}
        smallest = next((value for value in values.values() if value is not None), None)

        def key(row, values=values, smallest=smallest):
            value = values[row["id"]]
            return value is None, smallest if value is None else value

        rows.sort(key=key, reverse=direction == "DESC")  # stable either way, so that the id still decides
    return [f"{type_name.lower()}_{row['id'].hex}" for row in rows]


async def read_pages(served, role, type_name, order, size, *, is_backward):
    """All pages, each with its page info, in the order in which they were read."""
    terms = ", ".join(f"{{ field: {SORTABLE[type_name, field]}, direction: {way} }}" for field, way in order)
    limit, mark = ("last", "before") if is_backward else ("first", "after")
    query = (
        f"query ($mark: String) {{ page: {PLURALS[type_name]}({limit}: {size}, {mark}: $mark, orderBy: [{terms}]) "
        "{ nodes { id } edges { cursor } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }"
    )
    pages, cursor = [], None
    while True:
        page = (await served.ask(key_of(role).text, query, {"mark": cursor}))["data"]["page"]
        info = page["pageInfo"]
        pages.append(([node["id"] for node in page["nodes"]], info))
        assert [info["startCursor"], info["endCursor"]] == [page["edges"][0]["cursor"], page["edges"][-1]["cursor"]]
        if not info["hasPreviousPage" if is_backward else "hasNextPage"]:
            return pages
        cursor = info["startCursor" if is_backward else "endCursor"]


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize(("role", "type_name", "order"), ORDERS.values(), ids=ORDERS)
async def test_forward(served, world, role, type_name, order, size):
    """Pages read forward and put together are the whole list in order; each knows whether more is before and after."""
    wanted = expected(world, role, type_name, order)
    pages = await read_pages(served, role, type_name, order, size, is_backward=False)
    assert [row_id for rows, _ in pages for row_id in rows] == wanted
    assert [info["hasNextPage"] for _, info in pages] == [True] * (len(pages) - 1) + [False]
    assert [info["hasPreviousPage"] for _, info in pages] == [False] + [True] * (len(pages) - 1)


@pytest.mark.parametrize("size", [3, 1000])
@pytest.mark.parametrize(("role", "type_name", "order"), ORDERS.values(), ids=ORDERS)
async def test_backward(served, world, role, type_name, order, size):
    """Pages read backward are the same list from its end, each in the list's own order."""
    wanted = expected(world, role, type_name, order)
    pages = await read_pages(served, role, type_name, order, size, is_backward=True)
    assert [row_id for rows, _ in reversed(pages) for row_id in rows] == wanted
    assert [info["hasPreviousPage"] for _, info in pages] == [True] * (len(pages) - 1) + [False]
    assert [info["hasNextPage"] for _, info in pages] == [False] + [True] * (len(pages) - 1)
