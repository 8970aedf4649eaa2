"""TLS in the server itself: TLS 1.2 and newer, checked before anything listens."""

import ssl
from collections.abc import Callable

from uvicorn.config import Config

from louver.errors import MisconfiguredError


def build_context(config: Config, _default: Callable[[], ssl.SSLContext] | None = None) -> ssl.SSLContext:
    """Make the context of a process; uvicorn calls it where the process starts, since a context cannot be handed on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    # A password would be asked for on a terminal that a service does not have.
    context.load_cert_chain(str(config.ssl_certfile), str(config.ssl_keyfile), password=_have_no_password)
    return context


def require_certificate(certificate: str, key: str) -> None:
    """Check that both files are there, readable, and belong together.

    Raises:
        MisconfiguredError: they do not.
    """
    if not (certificate and key):
        raise MisconfiguredError(
            "TLS needs a certificate and its key", hint="give --tls-certificate and --tls-key, both or neither"
        )
    try:
        build_context(Config("", ssl_certfile=certificate, ssl_keyfile=key, log_config=None))
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        raise MisconfiguredError(
            f"the certificate {certificate} or its key cannot be used: {_tell(error)}",
            hint="give PEM files: the certificate with its chain, and its own key without a password",
        ) from error


def _tell(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    return error.strerror or "unreadable" if isinstance(error, OSError) else str(error)


def _have_no_password() -> str:
    raise ValueError("the key has a password")
