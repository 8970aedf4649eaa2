"""Open files: each connection is one, and the system's default allows fewer than a server needs."""

import resource

from louver.errors import MisconfiguredError

_OWN_FILES = 256
"""Databases, logs, listeners, modules."""


def provide_files(connections_max: int) -> None:
    """Let the process, and those it starts, open as many files as it may have connections.

    Raises:
        MisconfiguredError: the system does not allow that many.
    """
    wanted = connections_max + _OWN_FILES
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed >= wanted or allowed == resource.RLIM_INFINITY:
        return
    if most != resource.RLIM_INFINITY and most < wanted:
        raise MisconfiguredError(
            f"{connections_max} connections need {wanted} open files, and {most} are allowed",
            hint="raise the limit (LimitNOFILE= of a systemd unit, `ulimit -n`), or lower LOUVER_CONNECTIONS_MAX",
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
