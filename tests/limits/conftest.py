"""A server over the world, with the limits and budgets that a test wants."""

import functools

import pytest

from tests.server import serving


@pytest.fixture
def serve_with(world_url, tmp_path):
    """What serves with other settings than the defaults, for the length of a `with`."""
    return functools.partial(serving, url=world_url, folder=tmp_path, cost_shown=True, budget_url="memory://")
