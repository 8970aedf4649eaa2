"""The application behind the guards: what it knows of its clients, and what a browser is told with every answer."""

import pytest
from sqlalchemy import select

from louver.app import create_app
from louver.db.engine import create_engine
from louver.logging.location import locate_audit
from louver.logging.tables import audit_records
from louver.settings import Settings
from tests.server import logging_restored
from tests.serving.process import prepare
from tests.serving.raw import guarding


@pytest.fixture
def settings(sqlite_url, tmp_path):
    return Settings(database_url=sqlite_url, var=tmp_path, trusted_proxies="127.0.0.1", log_level="ERROR")


async def test_address(settings):
    """The log has the client's address, not the proxy's, and not what the client says of itself."""
    request = await prepare(settings)
    told = b"X-Forwarded-For: 198.51.100.1, 203.0.113.9\r\nContent-Length"
    with logging_restored():
        async with guarding(app=create_app(settings)) as guarded, guarded.connected() as wire:
            await wire.send(request.replace(b"Content-Length", told))
            assert (await wire.answer()).status == 200
    engine = create_engine(locate_audit(settings))
    async with engine.connect() as connection:
        address = audit_records.c.address
        assert list(await connection.scalars(select(address).where(address.is_not(None)))) == ["203.0.113.9"]
    await engine.dispose()


async def test_browser(settings):
    """No answer lets a browser fetch anything from anybody else, or names anybody else."""
    await prepare(settings)
    with logging_restored():
        async with guarding(app=create_app(settings)) as guarded, guarded.connected() as wire:
            for path in ("/", "/graphql", "/healthz", "/readyz", "/nowhere", "/graphql/../etc"):
                await wire.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n".encode())
                answer = await wire.answer()
                assert answer.headers["content-security-policy"] == "default-src 'self'"
                assert b"://" not in answer.body
