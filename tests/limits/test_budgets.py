"""Budgets and places over HTTP: what is told before they are spent, and how what is too much is turned away."""

import asyncio
import re

import pytest

from tests.world.build import identify
from tests.world.store import key_of

KEY = key_of("chief").text
PAGE = "{ officers(first: 8) { nodes { id } } }"
LONG = 100_000
RESPONSE_JSON = "application/graphql-response+json"


async def post(server, query, key=KEY):
    """Ask for the newer media type, whose statuses say most."""
    headers = {"authorization": f"Bearer {key}", "accept": RESPONSE_JSON}
    return await server.client.post("/graphql", json={"query": query}, headers=headers)


def read_fields(response):
    """The two rate limit fields, without the seconds."""
    return response.headers["ratelimit-policy"], re.sub(r";t=\d+", "", response.headers["ratelimit"])


class TestBudgets:
    async def test_fields(self, serve_with):
        """Every answer says what there is and what is left, after the draft standard."""
        async with serve_with(budget_rate=50, budget_cost=900, budget_window_seconds=LONG) as server:
            response = await post(server, PAGE)
            assert response.status_code == 200
            policy = f'"requests";q=50;w={LONG}, "cost";q=900;w={LONG};qu="points"'
            assert read_fields(response) == (policy, '"requests";r=49, "cost";r=890')
            refused = await post(server, "{ shoes }")
            assert read_fields(refused) == (f'"requests";q=50;w={LONG}', '"requests";r=48')

    async def test_requests_are_spent(self, serve_with):
        """A spent budget of requests is told by status, code, fields and the figures, and nothing is read."""
        async with serve_with(budget_rate=3, budget_window_seconds=LONG) as server:
            assert [(await post(server, PAGE)).status_code for _ in range(3)] == [200] * 3
            with server.recording() as statements:
                response = await post(server, PAGE)
            assert (response.status_code, statements) == (429, [])
            (error,) = response.json()["errors"]
            wait = int(response.headers["retry-after"])
            assert error["extensions"] | {"hint": ""} == {
                "code": "RATE_LIMITED",
                "hint": "",
                "limit": "requests",
                "maximum": 3,
                "actual": 4,
                "remaining": 0,
                "retryAfterSeconds": wait,
            }
            assert response.headers["ratelimit"] == f'"requests";r=0;t={wait}'
            assert (await post(server, PAGE, key_of("auditor").text)).status_code == 200
            assert server.service.budgets.refused == 1

    async def test_cost_is_spent(self, serve_with):
        """A budget of points that does not suffice refuses what costs more, in the older media type too."""
        async with serve_with(budget_cost=25, budget_window_seconds=LONG) as server:
            assert "errors" not in await server.ask(KEY, PAGE)
            assert "errors" not in await server.ask(KEY, PAGE)
            response = await server.post(KEY, PAGE)
            (error,) = response.json()["errors"]
            assert (response.status_code, error["extensions"]["code"]) == (429, "RATE_LIMITED")
            assert (error["extensions"]["limit"], error["extensions"]["remaining"]) == ("cost", 5)
            assert "errors" not in await server.ask(KEY, "{ courses(first: 2) { nodes { id } } }")

    async def test_more_than_the_budget(self, serve_with):
        """What could never be paid for is no matter of waiting."""
        async with serve_with(budget_cost=9) as server:
            response = await post(server, PAGE)
            extensions = response.json()["errors"][0]["extensions"]
            assert (response.status_code, extensions["code"], extensions["limit"]) == (400, "LIMIT_EXCEEDED", "budget")
            assert (extensions["maximum"], extensions["actual"]) == (9, 10)

    async def test_hidden_values_do_not_show(self, serve_with):
        """What is left of a budget is the same whether an unseen row exists or not."""
        left = []
        for identity in (identify("birch", "officer", 0).hex, "0" * 32):
            async with serve_with(budget_window_seconds=LONG) as server:
                query = f'{{ officer(id: "officer_{identity}") {{ id }} agencies {{ totalCount }} }}'
                response = await post(server, query)
                left.append((read_fields(response), response.json()["extensions"]["cost"]["maximum"]))
        assert left[0] == left[1]


class TestPlaces:
    @pytest.fixture
    def hold(self):
        """What makes a server's reads wait until they are let go."""

        def hold(server):
            reader, fetch, released = server.service.reader, server.service.reader.fetch, asyncio.Event()

            async def wait(sql, parameters=()):
                if "FROM api_keys" not in sql:
                    await released.wait()
                return await fetch(sql, parameters)

            reader.fetch = wait
            return released

        return hold

    async def wait_for(self, gate, running):
        """Wait until so many operations have a place or want one."""
        async with asyncio.timeout(5):
            while gate.running + gate.waiting < running:  # noqa: ASYNC110  # the server is watched, not us
                await asyncio.sleep(0.01)

    async def test_of_one_key(self, serve_with, hold):
        """A key's operations beyond its places wait, then are turned away with 503; another key's run."""
        places = {"concurrency_per_key_max": 2, "concurrency_wait_seconds": 0.2}
        async with serve_with(**places) as server:
            released = hold(server)
            running = [asyncio.create_task(post(server, PAGE)) for _ in range(2)]
            await self.wait_for(server.service.gate, 2)
            turned_away = await post(server, PAGE)
            extensions = turned_away.json()["errors"][0]["extensions"]
            assert (turned_away.status_code, turned_away.headers["retry-after"]) == (503, "1")
            assert (extensions["code"], extensions["limit"]) == ("RATE_LIMITED", "concurrency_per_key")
            assert (extensions["maximum"], extensions["actual"]) == (2, 3)
            other = asyncio.create_task(post(server, PAGE, key_of("auditor").text))
            await self.wait_for(server.service.gate, 3)
            released.set()
            assert [response.status_code for response in await asyncio.gather(*running, other)] == [200] * 3
            assert (server.service.gate.running, server.service.gate.refused) == (0, 1)

    async def test_of_all(self, serve_with, hold):
        """The places of the whole process are shared by all keys."""
        async with serve_with(concurrency_max=1, concurrency_wait_seconds=0.2) as server:
            released = hold(server)
            running = asyncio.create_task(post(server, PAGE))
            await self.wait_for(server.service.gate, 1)
            turned_away = await post(server, PAGE, key_of("auditor").text)
            assert turned_away.json()["errors"][0]["extensions"]["limit"] == "concurrency"
            released.set()
            assert (await running).status_code == 200

    async def test_waits_briefly(self, serve_with, hold):
        """What gets a place in time is answered."""
        async with serve_with(concurrency_per_key_max=1, concurrency_wait_seconds=5) as server:
            released = hold(server)
            asking = [asyncio.create_task(post(server, PAGE)) for _ in range(3)]
            await self.wait_for(server.service.gate, 3)
            released.set()
            assert [response.status_code for response in await asyncio.gather(*asking)] == [200] * 3

    async def test_hang_up_leaves_its_place(self, serve_with, hold):
        """A client that hangs up while it runs or waits takes no place with it."""
        async with serve_with(concurrency_per_key_max=1, concurrency_wait_seconds=5) as server:
            released = hold(server)
            endpoint = server.service.endpoint
            gateway, principal = (
                endpoint._gateway,
                (await endpoint._identify({"authorization": f"Bearer {KEY}"})).principal,
            )
            asking = [asyncio.create_task(gateway.execute(PAGE, None, None, principal, "errors")) for _ in range(3)]
            await self.wait_for(server.service.gate, 3)
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
            assert (server.service.gate.running, server.service.gate.waiting) == (0, 0)
            released.set()
            assert (await post(server, PAGE)).status_code == 200


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_replicas_share(serve_with, own_url, tmp_path):
    """Servers on one PostgreSQL give one budget, within 5 %, without a setting."""
    shared = {"url": own_url, "budget_url": "", "budget_rate": 100, "budget_window_seconds": LONG}
    async with (
        serve_with(folder=tmp_path / "a", **shared) as first,
        serve_with(folder=tmp_path / "b", **shared) as second,
    ):
        responses = [await post(server, "{ __typename }") for _ in range(70) for server in (first, second)]
        assert 95 <= sum(response.status_code == 200 for response in responses) <= 100
