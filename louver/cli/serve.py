"""`louver serve`: the HTTP server."""

import asyncio
import contextlib
import os
import socket
from dataclasses import replace

import click
import uvicorn

from louver.errors import MisconfiguredError
from louver.logging import configure_logging
from louver.observing import require_observable
from louver.secret import read_secret
from louver.serving.files import provide_files
from louver.serving.limits import ConnectionLimits
from louver.serving.protocol import GuardedProtocol
from louver.serving.proxies import TrustedProxies, is_loopback
from louver.serving.server import GuardedServer
from louver.serving.tls import build_context, require_certificate
from louver.serving.workers import Workers
from louver.settings import Settings
from louver.stores import require_current_stores

_BACKLOG = 2048


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Server processes.")
@click.option("--tls-certificate", help="PEM file with the certificate and its chain; also LOUVER_TLS_CERTIFICATE.")
@click.option("--tls-key", help="PEM file with its key; also LOUVER_TLS_KEY.")
def serve(*, host: str, port: int, workers: int, tls_certificate: str | None, tls_key: str | None) -> None:
    """Answer GraphQL over HTTP until stopped.

    SIGTERM lets requests in flight end. With TLS or several workers SIGHUP takes in a renewed certificate.
    """
    settings = Settings.from_environment()
    settings = replace(
        settings, tls_certificate=tls_certificate or settings.tls_certificate, tls_key=tls_key or settings.tls_key
    )
    configure_logging(settings.log_level)
    # Checked here, before the server has the terminal: what is wrong is one line, and not every worker's traceback.
    read_secret(settings)
    limits = _check_connections(settings)
    asyncio.run(require_current_stores(settings))
    require_observable(settings, workers)
    listener = bind(host, port)
    is_secure = bool(settings.tls_certificate)
    click.echo(f"Louver answers at {'https' if is_secure else 'http'}://{_as_authority(listener)}/graphql")
    if not (is_secure or settings.trusted_proxies or settings.require_tls or is_loopback(listener.getsockname()[0])):
        click.echo("warning: keys and records cross the network in the clear; see LOUVER_REQUIRE_TLS", err=True)
    run(listener, workers, settings, limits)


def _check_connections(settings: Settings) -> ConnectionLimits:
    limits = ConnectionLimits.from_settings(settings)
    limits = replace(limits, connections_max=provide_files(limits.connections_max))
    TrustedProxies(settings.trusted_proxies)
    if settings.tls_certificate or settings.tls_key:
        require_certificate(settings.tls_certificate, settings.tls_key)
    return limits


def bind(host: str, port: int) -> socket.socket:
    """Take the port before anything else is started on it.

    Raises:
        MisconfiguredError: it is taken, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio switches Nagle's delay (40 ms an answer) off only where it reads TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise MisconfiguredError(
            f"cannot listen on {host}:{port}: {os.strerror(error.errno) if error.errno else 'no such address'}",
            hint="choose another with --port or --host, or stop what listens there",
        ) from error
    listener.set_inheritable(True)
    return listener


def run(listener: socket.socket, workers: int, settings: Settings, limits: ConnectionLimits) -> None:
    """Serve on a bound socket until a signal ends it."""
    config = uvicorn.Config(
        "louver.app:create_app",
        factory=True,
        loop="auto",
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,  # the access record says it better, and without the query string
        server_header=False,
        proxy_headers=False,  # Leak: a client could write any address into the log; `Front` believes listed ones alone
        backlog=_BACKLOG,
        ssl_certfile=settings.tls_certificate or None,
        ssl_keyfile=settings.tls_key or None,
        ssl_context_factory=build_context if settings.tls_certificate else None,
    )
    if workers == 1 and not settings.tls_certificate:
        with contextlib.suppress(KeyboardInterrupt):
            GuardedServer(config, limits).run(sockets=[listener])
    else:
        Workers(config, limits, listener, workers).run()


def _as_authority(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
