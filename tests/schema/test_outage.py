"""The database goes away and comes back: said so while it is away, answered again afterwards, without a restart."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from tests.world.store import key_of

QUERY = "{ officers { totalCount } }"
ANSWER = {"data": {"officers": {"totalCount": 26}}}


def require_unavailable(response):
    (error,) = response.json()["errors"]
    assert response.status_code == 503
    assert error["extensions"]["code"] == "DATABASE_UNAVAILABLE"
    assert error["extensions"]["hint"]
    assert error["extensions"]["requestId"]
    assert response.headers["retry-after"]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_postgres_stops(own_served, postgres_cluster):
    """While PostgreSQL is stopped the answer is 503 with a code and a hint; after its start it is the data again."""
    assert await own_served.ask(key_of("chief").text, QUERY) == ANSWER
    with postgres_cluster.stopped():
        require_unavailable(await own_served.post(key_of("chief").text, QUERY))
    assert await own_served.ask(key_of("chief").text, QUERY) == ANSWER


@pytest.fixture
def away(own_url):
    """What takes a SQLite file away for the length of a `with`."""
    path = Path(own_url.removeprefix("sqlite:///"))

    @contextlib.contextmanager
    def away():
        path.rename(path.with_suffix(".away"))
        yield
        assert not path.exists()
        path.with_suffix(".away").rename(path)

    return away


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_sqlite_file_moves(own_served, away):
    """While the SQLite file is away each answer is the data, from a connection still open, or 503; no file is made."""
    with away():
        responses = await asyncio.gather(*(own_served.post(key_of("chief").text, QUERY) for _ in range(12)))
    assert any(response.status_code == 503 for response in responses)
    for response in responses:
        if response.json() != ANSWER:
            require_unavailable(response)
    responses = await asyncio.gather(*(own_served.post(key_of("chief").text, QUERY) for _ in range(12)))
    assert [response.json() for response in responses] == [ANSWER] * 12
