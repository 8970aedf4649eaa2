"""A log whose disk is full: records are refused, and taken again by itself when there is room."""

import subprocess

import pytest

from louver.errors import AuditUnavailableError
from louver.logging import AuditStore
from louver.logging.verifying import verify_chain
from louver.settings import Settings
from louver.stores import upgrade_stores

BALLAST = "ballast"
LARGE = {"x": ["str:" + "0" * 32] * 900}
"""Variables of a record of 36 kB, so that the room is soon gone."""


@pytest.fixture
def small_disk(tmp_path):
    """A file system of two megabytes, half of which is ballast; it takes the right to mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    done = subprocess.run(mount, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"a full disk was not tried, since no small one can be mounted here: {done.stderr.strip()}")
    try:
        (folder / BALLAST).write_bytes(bytes(2**20))
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
async def settings(small_disk, sqlite_url, tmp_path):
    """A log on the small disk."""
    settings = Settings(
        database_url=sqlite_url,
        audit_url=f"sqlite:///{small_disk}/audit.db",
        var=tmp_path,
        audit_timeout_seconds=0.5,
    )
    await upgrade_stores(settings)
    return settings


async def append_until(store, make_record, *, is_taken):
    """Append until a record is taken, or until one is refused."""
    for _ in range(100):
        try:
            await store.append(make_record(variables=LARGE))
        except AuditUnavailableError:
            if not is_taken:
                return
        else:
            if is_taken:
                return
    pytest.fail("the disk was never full, or always")


async def test_full(settings, small_disk, make_record, list_rows):
    """While the disk is full nothing is answered; once it has room the log goes on, and its chain holds."""
    store = await AuditStore.open(settings)
    await append_until(store, make_record, is_taken=False)
    with pytest.raises(AuditUnavailableError):
        await store.require_writable()
    assert not store.is_healthy
    (small_disk / BALLAST).unlink()
    await append_until(store, make_record, is_taken=True)
    assert store.is_healthy
    await store.close()
    assert verify_chain(await list_rows()) is None
