"""The two editions of GraphQL over HTTP: one outcome, its status in each."""

from dataclasses import replace

import pytest

from louver.settings import Settings, StatusStyle
from louver.wire import JSON, RESPONSE_JSON

OUTCOMES = {
    "answered": ({"query": "{answer}"}, (200, 200, 200)),
    "partly": ({"query": "{partial}"}, (200, 200, 294)),
    "invalid": ({"query": "{invalid}"}, (200, 400, 422)),
    "unreadable document": ({"query": "{unreadable}"}, (200, 400, 400)),
    "denied": ({"query": "{refused}"}, (200, 403, 403)),
    "wrong parameter": ({"query": 1}, (400, 400, 422)),
    "not stored": ({"documentId": "0" * 64}, (200, 404, 404)),
    "crashed": ({"query": "{crash}"}, (500, 500, 500)),
}
"""What is sent; the statuses in the older media type, in the newer one, and in the edition of 2026 in either."""


@pytest.fixture
def database_url(sqlite_url):
    """The statuses do not depend on the engine."""
    return sqlite_url


@pytest.mark.parametrize("style", StatusStyle)
async def test_each_outcome(settings, gateway, key, serve_with, style):
    """Each outcome has its status in each edition and media type."""
    seen, expected = {}, {}
    async with serve_with(replace(settings, status_style=style), gateway) as server:
        for name, (body, statuses) in OUTCOMES.items():
            for media_type, status in zip((JSON, RESPONSE_JSON), statuses, strict=False):
                headers = {"authorization": f"Bearer {key}", "accept": media_type}
                response = await server.client.post("/graphql", json=body, headers=headers)
                seen[name, media_type] = response.status_code
                expected[name, media_type] = status if style is StatusStyle.CLASSIC else statuses[2]
    assert expected == seen


def test_setting():
    """The edition is named by the status that tells them apart."""
    assert Settings.from_environment({"LOUVER_STATUS_STYLE": "422"}).status_style is StatusStyle.DRAFT


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("POST", "/healthz", 405)])
async def test_elsewhere(server, method, path, status):
    """Where nothing is answered, that is said in the shape of every refusal."""
    response = await server.client.request(method, path)
    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"], list(response.json())) == (
        status, "BAD_REQUEST", ["errors"],
    )  # fmt: skip
    assert "/graphql" in error["extensions"]["hint"]
