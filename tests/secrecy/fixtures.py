"""The grep at the end of each run of tests. Loaded by tests/conftest.py."""

from collections.abc import Iterator

import pytest

from tests.secrecy.kept import Kept
from tests.secrecy.taps import tapping
from tests.world.build import build_world


@pytest.fixture(scope="session", autouse=True)
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """What the run leaves behind; at its end no canary may be in it."""
    folder = tmp_path_factory.getbasetemp()
    with Kept(folder / "kept") as kept:
        kept.canaries.add_world(build_world())
        with tapping(kept):
            yield kept
        hits = kept.find_hits(folder)
    if hits:
        found = "\n".join(f"{hit.kind} in {hit.place}" for hit in sorted(hits))
        pytest.fail(f"what may be kept nowhere was found by grep:\n{found}", pytrace=False)
