"""Queries by GET: off, for stored operations, for keys, for all."""

from dataclasses import replace

import pytest

from louver.authz.vocabulary import PrincipalKind
from louver.errors import MisconfiguredError, RefusedError
from louver.parameters import Operation
from louver.settings import GetQueries, Settings
from louver.wire import require_queries_by_get

QUERY, STORED = Operation("{ __typename }"), Operation(None, document_hash="0" * 64)
TAKEN = {
    (GetQueries.STORED, PrincipalKind.KEY): [STORED],
    (GetQueries.KEYS, PrincipalKind.KEY): [QUERY, STORED],
    (GetQueries.ALL, PrincipalKind.KEY): [QUERY, STORED],
    (GetQueries.ALL, PrincipalKind.PERSON): [QUERY, STORED],
}
MALFORMED = {
    "no UTF-8": "query=%ff",
    "twice": "query={answer}&query={answer}",
    "variables no JSON": "query={answer}&variables={",
    "variables no object": "query={answer}&variables=[1]",
    "NUL": "query={answer}%00",
    "nothing": "",
    "too many": "&".join(f"p{number}=1" for number in range(30)),
}


@pytest.fixture
def database_url(sqlite_url):
    """How a query string is read does not depend on the engine."""
    return sqlite_url


@pytest.fixture
async def open_server(settings, gateway, serve_with):
    """A server that takes any query of a key by GET."""
    async with serve_with(replace(settings, get_queries=GetQueries.KEYS), gateway) as server:
        yield server


class TestWhose:
    @pytest.mark.parametrize("kind", [PrincipalKind.KEY, PrincipalKind.PERSON])
    @pytest.mark.parametrize("get_queries", [GetQueries.STORED, GetQueries.KEYS, GetQueries.ALL])
    def test_taken(self, get_queries, kind):
        """Of people nothing is taken until all is; of keys what the setting says."""
        taken = []
        for operation in (QUERY, STORED):
            try:
                require_queries_by_get(operation, kind, get_queries)
            except RefusedError:
                continue
            taken.append(operation)
        assert TAKEN.get((get_queries, kind), []) == taken

    async def test_off(self, settings, gateway, key, serve_with):
        """Where it is off, the answer says that POST is all there is."""
        async with serve_with(replace(settings, get_queries=GetQueries.OFF), gateway) as server:
            response = await server.client.get("/graphql?query={answer}", headers={"authorization": f"Bearer {key}"})
        assert (response.status_code, response.headers["allow"]) == (405, "POST")

    async def test_usual(self, server, key):
        """As shipped, a query that is not stored is not taken by GET."""
        response = await server.client.get("/graphql?query={answer}", headers={"authorization": f"Bearer {key}"})
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
        assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"

    def test_setting_names_its_values(self):
        """A setting that is none of its values is told them."""
        with pytest.raises(MisconfiguredError, match="off, stored, keys, all"):
            Settings.from_environment({"LOUVER_GET_QUERIES": "yes"})


class TestQueryString:
    async def test_answered(self, open_server, key, list_rows):
        """A query by GET is answered, private to who asked, and in the log like any other."""
        parameters = {"query": "{answer}", "variables": '{"a":1}', "operationName": ""}
        headers = {"authorization": f"Bearer {key}"}
        response = await open_server.client.get("/graphql", params=parameters, headers=headers)
        assert (response.status_code, list(response.json())) == (200, ["data"])
        assert response.headers["cache-control"] == "private, no-store"
        row = (await list_rows())[0]
        assert (row["event"], list(row["variables"])) == ("access.query", ["a"])

    @pytest.mark.parametrize("name", MALFORMED)
    async def test_malformed(self, open_server, key, name):
        """A malformed query string is a refusal in GraphQL's shape."""
        headers = {"authorization": f"Bearer {key}"}
        response = await open_server.client.get(f"/graphql?{MALFORMED[name]}", headers=headers)
        body = response.json()
        assert (response.status_code, list(body)) == (400, ["errors"])
        assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
