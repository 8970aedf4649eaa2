"""The command line: a server that starts, says where, and stops; and what it says when it cannot."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from louver.cli.serve import bind


@pytest.fixture
def environment(tmp_path):
    """An environment whose stores are not there yet."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LOUVER_")}
    return inherited | {"LOUVER_DATABASE_URL": f"sqlite:///{tmp_path}/new/louver.db", "LOUVER_VAR": str(tmp_path)}


def louver(environment, *arguments) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [sys.executable, "-m", "louver", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


class TestCannotStart:
    def test_no_database(self, environment):
        """Without a database the server does not start, and says what to run."""
        done = louver(environment, "serve", "--port", "0")
        assert (done.returncode, done.stdout) == (78, "")
        assert "error: MISCONFIGURED: there is no database" in done.stderr
        assert "hint: run `louver db upgrade`" in done.stderr

    def test_port_in_use(self, environment):
        """A port in use is said in one line, with what to change."""
        assert louver(environment, "db", "upgrade").returncode == 0
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = louver(environment, "serve", "--port", str(port))
        assert done.returncode == 78
        assert f"error: MISCONFIGURED: cannot listen on 127.0.0.1:{port}: Address already in use" in done.stderr
        assert "--port" in done.stderr
        assert "Traceback" not in done.stderr

    def test_bad_setting(self, environment):
        """A setting of the wrong type is named."""
        done = louver(environment | {"LOUVER_POOL_SIZE": "many"}, "serve")
        assert done.returncode == 78
        assert "LOUVER_POOL_SIZE" in done.stderr

    def test_short_secret(self, environment):
        """A secret that could be guessed is refused."""
        louver(environment, "db", "upgrade")
        done = louver(environment | {"LOUVER_SECRET": "hunter2"}, "serve", "--port", "0")
        assert done.returncode == 78
        assert "LOUVER_SECRET" in done.stderr
        assert "hunter2" not in done.stderr


class TestSecret:
    def test_made_once(self, environment, tmp_path):
        """The secret is made once, and readable by its owner alone."""
        louver(environment, "serve", "--port", "0")
        first = (tmp_path / "secret").read_text()
        louver(environment, "serve", "--port", "0")
        assert first == (tmp_path / "secret").read_text()
        assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
        assert [path.name for path in Path(tmp_path).iterdir()] == ["secret"]


class TestServes:
    @pytest.mark.parametrize("workers", ["1", "2"])
    def test_until_stopped(self, environment, workers):
        """It prints its address, answers there, and ends by itself on a signal."""
        louver(environment, "db", "upgrade")
        command = [sys.executable, "-m", "louver", "serve", "--port", "0", "--workers", workers]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
                ready = httpx.get(f"{address}/readyz", timeout=30)
                refused = httpx.post(f"{address}/graphql", json={"query": "{__typename}"}, timeout=30)
            finally:
                process.send_signal(signal.SIGTERM)
                _, said = process.communicate(timeout=30)
        assert ready.json() == {"database": "ok", "audit": "ok", "policy": "ok"}
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
        assert said.count('"event":"auth.failed","level"') == 1
        assert "Traceback" not in said

    def test_no_delay(self):
        """The listening socket says that it is TCP: otherwise each answer would wait 40 ms for an acknowledgement."""
        with bind("127.0.0.1", 0) as listener:
            assert listener.proto == socket.IPPROTO_TCP
