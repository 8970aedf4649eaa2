"""One guarded server for the tests that do not change it."""

from collections.abc import AsyncIterator

import pytest

from tests.serving.raw import Guarded, guarding


@pytest.fixture(scope="module")
async def guarded() -> AsyncIterator[Guarded]:
    """A server with the limits that are shipped."""
    async with guarding() as guarded:
        yield guarded
