"""TLS in the server itself, and a worker that dies or is to take in a new certificate."""

import asyncio
import os
import signal
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from louver.errors import MisconfiguredError
from louver.serving.tls import require_certificate
from louver.settings import Settings
from louver.stores import upgrade_stores
from tests.serving.process import serving


def write_certificate(folder: Path, encryption: KeySerializationEncryption | None = None) -> tuple[str, str]:
    """Write a certificate for this machine and its key; each is another one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(exist_ok=True)
    (folder / "tls.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "tls.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()))
    return str(folder / "tls.crt"), str(folder / "tls.key")


IMPATIENT = """
from louver.serving import workers
workers.HANG_SECONDS = 4.0
from louver.cli import main
main()
"""


def connect(port: int, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> tuple[str | None, bytes]:
    """Connect, and answer the protocol's version and the server's certificate."""
    context = ssl._create_unverified_context()
    context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port), 10)) as connection:
        return connection.version(), connection.getpeercert(binary_form=True)


async def until(condition, seconds: float = 30) -> None:
    """Wait for what another process does."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # another process has no event
            await asyncio.sleep(0.1)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
async def test_process(sqlite_url: str, tmp_path: Path):
    """TLS 1.2 and newer is spoken; a worker that hangs is replaced; SIGHUP takes in a new certificate; SIGTERM ends."""
    settings = Settings(database_url=sqlite_url, var=tmp_path)
    await upgrade_stores(settings)
    certificate, key = write_certificate(tmp_path)
    with serving(settings, "--tls-certificate", certificate, program=IMPATIENT, LOUVER_TLS_KEY=key) as server:
        url = f"https://127.0.0.1:{server.port}/healthz"
        async with httpx.AsyncClient(verify=False, timeout=30) as client:
            assert (await client.get(url)).headers["strict-transport-security"] == "max-age=31536000"
        version, first = await asyncio.to_thread(connect, server.port)
        assert version == "TLSv1.3"
        with pytest.raises(ssl.SSLError):
            await asyncio.to_thread(connect, server.port, ssl.TLSVersion.TLSv1_1)

        (worker,) = server.workers()
        os.kill(worker, signal.SIGSTOP)
        await until(lambda: server.workers() not in ([], [worker]))
        assert (await asyncio.to_thread(connect, server.port))[1] == first

        write_certificate(tmp_path)
        server.process.send_signal(signal.SIGHUP)
        await until(lambda: connect(server.port)[1] != first)
        said = await asyncio.to_thread(server.stop)
    assert '"event":"worker.died"' in said
    assert "Traceback" not in said


class TestCannotStart:
    def test_not_its_key(self, tmp_path):
        """A key of another certificate is said at the start."""
        certificate, _ = write_certificate(tmp_path / "a")
        _, key = write_certificate(tmp_path / "b")
        with pytest.raises(MisconfiguredError, match="key values mismatch"):
            require_certificate(certificate, key)

    def test_password(self, tmp_path):
        """A key with a password is refused: nobody is there to type it."""
        certificate, key = write_certificate(tmp_path, BestAvailableEncryption(b"secret"))
        with pytest.raises(MisconfiguredError, match="has a password"):
            require_certificate(certificate, key)

    @pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\n"])
    def test_no_certificate(self, tmp_path, content):
        """A file that is missing, empty or no certificate is named."""
        _, key = write_certificate(tmp_path)
        path = tmp_path / "other.crt"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(MisconfiguredError, match=r"other\.crt"):
            require_certificate(str(path), key)

    @pytest.mark.parametrize("pair", [("tls.crt", ""), ("", "tls.key")])
    def test_one_of_two(self, pair):
        """Half of a pair is not taken for none: the server would speak plain HTTP."""
        with pytest.raises(MisconfiguredError, match="TLS needs"):
            require_certificate(*pair)
