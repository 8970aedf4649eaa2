"""`louver serve`: the HTTP server."""

import asyncio
import contextlib
import os
import socket

import click
import uvicorn
from uvicorn.supervisors import Multiprocess

from louver.errors import MisconfiguredError
from louver.logging import configure_logging
from louver.observing import require_observable
from louver.secret import read_secret
from louver.settings import Settings
from louver.stores import require_current_stores

_BACKLOG = 2048


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Server processes.")
def serve(*, host: str, port: int, workers: int) -> None:
    """Answer GraphQL over HTTP until stopped."""
    settings = Settings.from_environment()
    configure_logging(settings.log_level)
    # Checked here, before the server has the terminal: what is wrong is one line, and not every worker's traceback.
    read_secret(settings)
    asyncio.run(require_current_stores(settings))
    require_observable(settings, workers)
    listener = bind(host, port)
    click.echo(f"Louver answers at http://{_as_authority(listener)}/graphql")
    run(listener, workers)


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


def run(listener: socket.socket, workers: int) -> None:
    """Serve on a bound socket until a signal ends it."""
    config = uvicorn.Config(
        "louver.app:create_app",
        factory=True,
        workers=workers,
        loop="auto",
        http="httptools",
        lifespan="on",
        log_config=None,
        access_log=False,  # the access record says it better, and without the query string
        server_header=False,
        proxy_headers=False,  # Leak: a client could write any address into the log
    )
    with contextlib.suppress(KeyboardInterrupt):
        if workers == 1:
            uvicorn.Server(config).run(sockets=[listener])
        else:
            Multiprocess(config, sockets=[listener]).run()


def _as_authority(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
