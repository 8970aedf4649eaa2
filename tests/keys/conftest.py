"""Administrators who issue keys, and partners who use them."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import Executable

from louver.db.engine import begin_writing, create_engine
from tests.policy.asking import changed
from tests.server import JSON, Server

OFFICERS = {"names": ["Officer.badgeNumber", "Officer.rank"], "verbs": ["view"]}
ORDER: JSON = {"role": "chief", "purpose": "state dashboard", "days": 30, "scopes": [OFFICERS]}
"""A partner's key that reads two fields of officers."""


@pytest.fixture
def issue(own_served: Server) -> Callable[..., Awaitable[JSON]]:
    """Issue a key as the administrator; what is given stands in place of the usual order's."""

    async def issue(**order: Any) -> JSON:
        return await changed(own_served, "issueKey", **{**ORDER, **order})

    return issue


@pytest.fixture
def write(own_url: str) -> Callable[[Executable], Awaitable[None]]:
    """Change the store behind Louver's back."""

    async def execute(statement: Executable) -> None:
        engine = create_engine(own_url)
        async with begin_writing(engine) as connection:
            await connection.execute(statement)
        await engine.dispose()

    return execute
