"""GraphQL over HTTP: what is answered to which bytes."""

import asyncio

import httpx
import pytest

from louver.wire import BODY_BYTES_MAX, JSON, RESPONSE_JSON, choose_media_type

JSON_HEADERS = {"content-type": JSON}


@pytest.fixture
def database_url(sqlite_url):
    """The shapes of requests do not depend on the engine."""
    return sqlite_url


class TestAnswers:
    async def test_data(self, server, key):
        """An answer has data, its media type, a request id, and may be kept by nobody."""
        response = await server.post("{answer}", key)
        assert (response.status_code, response.json()) == (200, {"data": {"officer": {"lastName": "Whitcombe-4711"}}})
        assert response.headers["content-type"] == "application/json; charset=utf-8"
        assert response.headers["cache-control"] == "private, no-store"
        assert len(response.headers["x-request-id"]) == 36

    @pytest.mark.parametrize(
        ("query", "status", "code"), [("{invalid}", 400, "BAD_REQUEST"), ("{refused}", 403, "FIELD_DENIED")]
    )
    async def test_refused_operation(self, server, key, query, status, code):
        """An operation that is refused as a whole has no data; its status depends on the media type."""
        for media_type, expected in ((RESPONSE_JSON, status), (JSON, 200)):
            response = await server.post(query, key, headers={"accept": media_type})
            assert (expected, code) == (response.status_code, response.json()["errors"][0]["extensions"]["code"])
            assert "data" not in response.json()
            assert response.headers["content-type"].startswith(media_type)

    async def test_hint_is_told(self, server, key):
        """A refusal says what to change."""
        error = (await server.post("{large}", key)).json()["errors"][0]
        assert error == {
            "message": "The page is too large.",
            "extensions": {"code": "BAD_REQUEST", "hint": "ask for at most 1000"},
        }

    async def test_refusal_in_the_accepted_type(self, server):
        """Whoever accepts the newer media type alone gets refusals in it too."""
        response = await server.post("{answer}", headers={"accept": RESPONSE_JSON})
        assert (response.status_code, response.headers["content-type"].split(";")[0]) == (401, RESPONSE_JSON)

    @pytest.mark.parametrize("query", ["{crash}", "{unprintable}"])
    async def test_crash_says_an_id(self, server, key, query):
        """A fault of ours says an id and nothing of itself."""
        response = await server.post(query, key)
        error = response.json()["errors"][0]
        assert (response.status_code, error["extensions"]["code"]) == (500, "INTERNAL")
        assert error["extensions"]["requestId"] == response.headers["x-request-id"]
        assert "Whitcombe" not in response.text


REFUSALS = {
    "no JSON": ({"content": b"{"}, 400, "BAD_REQUEST"),
    "empty": ({"content": b""}, 400, "BAD_REQUEST"),
    "bad UTF-8": ({"content": b'{"query":"\xff"}'}, 400, "BAD_REQUEST"),
    "lone surrogate": ({"content": b'{"query":"\\ud800"}'}, 400, "BAD_REQUEST"),
    "too deep": ({"content": b"[" * 100_000}, 400, "BAD_REQUEST"),
    "key twice": ({"content": b'{"query":"{answer}","query":"{crash}"}'}, 400, "BAD_REQUEST"),
    "key twice below": ({"content": b'{"query":"{answer}","variables":{"a":[{"b":1,"b":2}]}}'}, 400, "BAD_REQUEST"),
    "NUL": ({"content": b'{"query":"{answer}","variables":{"a":"\\u0000"}}'}, 400, "BAD_REQUEST"),
    "NUL by itself": ({"content": b'{"query":"{answer}\x00"}'}, 400, "BAD_REQUEST"),
    "deep variables": (
        {"content": b'{"query":"{answer}","variables":{"a":' + b"[" * 200 + b"]" * 200 + b"}}"},
        400,
        "BAD_REQUEST",
    ),
    "deeper than parsers go": (
        {"content": b'{"query":"{answer}","variables":{"a":' + b"[" * 1000 + b"]" * 1000 + b"}}"},
        400,
        "BAD_REQUEST",
    ),
    "huge number": (
        {"content": b'{"query":"{answer}","variables":{"a":' + b"9" * 100_000 + b"}}"},
        400,
        "BAD_REQUEST",
    ),
    "no number": ({"content": b'{"query":"{answer}","variables":{"a":NaN}}'}, 400, "BAD_REQUEST"),
    "byte order mark": ({"content": b'\xef\xbb\xbf{"query":"{answer}"}'}, 400, "BAD_REQUEST"),
    "bad hash": ({"content": b'{"documentId":"md5:00"}'}, 400, "BAD_REQUEST"),
    "hash no string": ({"content": b'{"extensions":{"persistedQuery":{"sha256Hash":1}}}'}, 400, "BAD_REQUEST"),
    "persisted no object": ({"content": b'{"extensions":{"persistedQuery":1}}'}, 400, "BAD_REQUEST"),
    "hash of another query": (
        {"content": b'{"query":"{answer}","documentId":"sha256:' + b"0" * 64 + b'"}'},
        400,
        "BAD_REQUEST",
    ),
    "compressed": (
        {"content": b"{}", "headers": {"content-encoding": "gzip"}},
        415,
        "BAD_REQUEST",
    ),
    "long media type": (
        {"content": b"{}", "headers": {"content-type": "application/json" + ';a="' * 4_000}},
        415,
        "BAD_REQUEST",
    ),
    "two media types": (
        {"content": b"{}", "headers": {"content-type": "application/json, text/plain"}},
        415,
        "BAD_REQUEST",
    ),
    "a list": ({"content": b'[{"query":"{answer}"}]'}, 400, "BAD_REQUEST"),
    "a number": ({"content": b"1"}, 400, "BAD_REQUEST"),
    "null": ({"content": b"null"}, 400, "BAD_REQUEST"),
    "no query": ({"content": b"{}"}, 400, "BAD_REQUEST"),
    "query no string": ({"content": b'{"query":1}'}, 400, "BAD_REQUEST"),
    "variables no object": ({"content": b'{"query":"{answer}","variables":[1]}'}, 400, "BAD_REQUEST"),
    "operation name no string": ({"content": b'{"query":"{answer}","operationName":1}'}, 400, "BAD_REQUEST"),
    "extensions no object": ({"content": b'{"query":"{answer}","extensions":1}'}, 400, "BAD_REQUEST"),
    "a form": ({"data": {"query": "{answer}"}}, 415, "BAD_REQUEST"),
    "plain text": ({"content": b"{}", "headers": {"content-type": "text/plain"}}, 415, "BAD_REQUEST"),
    "other charset": (
        {"content": b"{}", "headers": {"content-type": "application/json; charset=utf-16"}},
        415,
        "BAD_REQUEST",
    ),
    "not acceptable": ({"content": b"{}", "headers": {"accept": "text/html"}}, 406, "BAD_REQUEST"),
    "too large": ({"content": b" " * (BODY_BYTES_MAX + 1)}, 413, "LIMIT_EXCEEDED"),
    "bad denied mode": ({"content": b"{}", "headers": {"louver-denied": "loud"}}, 400, "BAD_REQUEST"),
    "denied mode not offered": ({"content": b"{}", "headers": {"louver-denied": "shout"}}, 400, "BAD_REQUEST"),
}


class TestRefusals:
    @pytest.mark.parametrize("name", REFUSALS)
    async def test_each_in_graphql_shape(self, server, key, list_rows, name):
        """Each malformed request gets its status, a GraphQL error with a code and no data, and leaves a record."""
        options, status, code = REFUSALS[name]
        headers = {**({} if "data" in options else JSON_HEADERS), **options.get("headers", {})}
        headers["authorization"] = f"Bearer {key}"
        response = await server.client.post("/graphql", **{**options, "headers": headers})
        body = response.json()
        assert (status, code, ["errors"]) == (response.status_code, body["errors"][0]["extensions"]["code"], list(body))
        assert len(response.content) < 500
        row = (await list_rows())[0]
        assert ("access.refused", "refused", code) == (row["event"], row["outcome"], row["reason"])
        assert row["key_prefix"] == key.split("_")[1]

    async def test_too_large_tells_the_limit(self, server, key):
        """A limit is told with the actual figure, before the body is read."""
        headers = {"authorization": f"Bearer {key}", **JSON_HEADERS}
        response = await server.client.post("/graphql", content=b" " * 2_000_000, headers=headers)
        extensions = response.json()["errors"][0]["extensions"]
        assert (extensions["limit"], extensions["maximum"], extensions["actual"]) == ("body", BODY_BYTES_MAX, 2_000_000)

    async def test_too_large_without_length(self, server, key):
        """A body that does not say its length is cut off at the limit too."""

        async def endless():
            for _ in range(40):
                yield b" " * 65_536

        headers = {"authorization": f"Bearer {key}", **JSON_HEADERS}
        response = await server.client.post("/graphql", content=endless(), headers=headers)
        assert response.status_code == 413

    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
    async def test_other_methods(self, server, key, method):
        """Every other method is refused, and the answer says which one is taken."""
        response = await server.client.request(method, "/graphql", headers={"authorization": f"Bearer {key}"})
        assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")
        assert method == "HEAD" or response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"

    async def test_batches_have_a_reason(self, server, key):
        """A batch is told apart from what is merely malformed."""
        headers = {"authorization": f"Bearer {key}", **JSON_HEADERS}
        response = await server.client.post("/graphql", content=b'[{"query":"{answer}"}]', headers=headers)
        assert response.json()["errors"][0]["extensions"]["reason"] == "BATCHING_OFF"

    async def test_server_stays_up(self, server, key):
        """After every refusal the next good request is answered."""
        for options, *_ in REFUSALS.values():
            with_key = {"authorization": f"Bearer {key}", **JSON_HEADERS, **options.get("headers", {})}
            await server.client.post("/graphql", **{**options, "headers": with_key})
        assert (await server.post("{answer}", key)).status_code == 200


class TestDeniedMode:
    @pytest.mark.parametrize("mode", ["errors", "extensions", "reject"])
    async def test_header(self, server, key, gateway, mode):
        """The header chooses how denials are told."""
        await server.post("{answer}", key, headers={"louver-denied": mode})
        assert [mode] == gateway.modes

    async def test_key_default(self, server, issue, gateway):
        """Without the header the key's own mode holds, and without that one it is `errors`."""
        await server.post("{answer}", await issue(denied_mode="reject"))
        await server.post("{answer}", await issue())
        assert gateway.modes == ["reject", "errors"]

    async def test_hidden_is_not_loosened(self, server, issue, gateway):
        """A key whose denials are to be hidden has them hidden, whatever its header says."""
        key = await issue(denied_mode="hide")
        for headers in ({}, {"louver-denied": "errors"}):
            await server.post("{answer}", key, headers=headers)
        assert gateway.modes == ["hide", "hide"]


class TestMediaType:
    @pytest.mark.parametrize(
        ("accept", "expected"),
        [
            (None, JSON),
            ("*/*", JSON),
            ("application/*", JSON),
            (JSON, JSON),
            (RESPONSE_JSON, RESPONSE_JSON),
            (f"{RESPONSE_JSON}, {JSON}", JSON),
            (f"{RESPONSE_JSON}, {JSON};q=0.9", RESPONSE_JSON),
            (f"{JSON};q=0.1, {RESPONSE_JSON};q=0.2", RESPONSE_JSON),
            ("Application/GraphQL-Response+JSON; charset=utf-8", RESPONSE_JSON),
            ("text/html, */*;q=0.1", JSON),
            (f"{JSON};q=0, */*", RESPONSE_JSON),
            (f"{JSON};q=nan, {RESPONSE_JSON};q=0.5", RESPONSE_JSON),
        ],
    )
    def test_choice(self, accept, expected):
        """The client's weights decide, in any letter case; JSON where it has no preference."""
        assert expected == choose_media_type(accept)


class TestConnection:
    async def test_hang_up_in_the_body(self, server, key, list_rows):
        """A client that hangs up in the middle of its body harms nobody and leaves a record."""
        head = f"POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        _reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"{head}content-length: 100\r\n\r\n{{".encode())
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.close()
        async with asyncio.timeout(5):
            while not (rows := await list_rows()):  # noqa: ASYNC110  # no answer says when it is there
                await asyncio.sleep(0.05)
        assert rows[0]["outcome"] == "refused"
        assert isinstance(await server.post("{answer}", key), httpx.Response)
