"""The lock files: what they may hold, and that they hold all that is asked for."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def read_pins(lock):
    return dict(PIN.findall((ROOT / lock).read_text()))


def list_wanted(*groups):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = list(project["project"]["dependencies"])
    for group in groups:
        wanted += project["dependency-groups"][group]
    return {re.match(r"[\w-]+", requirement)[0].lower() for requirement in wanted}


class TestLockFiles:
    @pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
    def test_hold_names_versions_and_hashes_only(self, lock):
        """No line names an address or a folder, and every pin has a hash."""
        text = (ROOT / lock).read_text()
        requirements = re.split(r"\n(?=\S)", text.strip())
        assert not re.search(r"://|file:|^-|(?<![\w.])/\w", text, re.MULTILINE)
        assert all(PIN.match(requirement) and "--hash=sha256:" in requirement for requirement in requirements)

    def test_hold_what_is_asked_for(self):
        """Each dependency of the project is pinned, and what builds and tests it is too."""
        assert list_wanted("build") <= set(read_pins("requirements.lock"))
        assert list_wanted("build", "dev") <= set(read_pins("requirements-dev.lock"))

    def test_tests_run_with_what_is_served(self):
        """Every version that is served is the version that is tested."""
        assert read_pins("requirements.lock").items() <= read_pins("requirements-dev.lock").items()
