"""Forks servers off one process that has everything imported: each line on standard input is one more, on one port."""

import os
import signal
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # louver, where it is not installed

import uvicorn

from louver.app import create_app


def serve(listener: socket.socket) -> None:
    """Serve as `louver serve` does."""
    config = uvicorn.Config(
        create_app, factory=True, http="httptools", lifespan="on", log_config=None, access_log=False
    )
    uvicorn.Server(config).run(sockets=[listener])


def main() -> None:
    """Tell the port, and then each server's process id."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the system
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], flush=True)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            sys.stdin.close()
            serve(listener)
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
