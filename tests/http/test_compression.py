"""Compressed answers, for who asks for them."""

import gzip
import json

import pytest

from louver.compression import GZIP_BYTES_MIN, compress
from tests.world.store import key_of

LONG = json.dumps({"data": ["Whitcombe"] * 20_000}).encode()


@pytest.mark.parametrize("accepted", ["gzip", "br, GZIP;q=0.5", "*", "gzip, deflate, br, zstd"])
async def test_asked_for(accepted):
    """Whoever takes gzip gets it, and gets the same bytes out of it."""
    body, headers = await compress(LONG, accepted)
    assert (headers["content-encoding"], headers["vary"]) == ("gzip", "accept-encoding")
    assert gzip.decompress(body) == LONG
    assert len(body) < len(LONG) / 10


@pytest.mark.parametrize("accepted", [None, "", "identity", "br", "gzip;q=0", "*;q=0", "gzip;q=0, *"])
async def test_not_asked_for(accepted):
    """Whoever does not take it gets the answer as it is."""
    assert await compress(LONG, accepted) == (LONG, {"vary": "accept-encoding"})


async def test_short():
    """What is short stays as it is."""
    short = b"x" * (GZIP_BYTES_MIN - 1)
    assert await compress(short, "gzip") == (short, {})


async def test_over_http(served):
    """A real client reads a compressed answer as if it were none; one that does not ask gets it as it is."""
    query = "{ __schema { types { name description } } }"
    compressed = await served.post(key_of("chief").text, query)
    served.client.headers["accept-encoding"] = "identity"
    plain = await served.post(key_of("chief").text, query)
    served.client.headers["accept-encoding"] = "gzip"
    assert (compressed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert compressed.json() == plain.json()
    assert int(compressed.headers["content-length"]) < int(plain.headers["content-length"]) / 3
