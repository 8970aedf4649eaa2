"""Open files: each connection is one, and the system's default allows fewer than a server needs."""

import resource

import structlog

_OWN_FILES = 256
"""Databases, logs, listeners, modules."""
_SPARE = 4
"""Times as many as there may be connections, where the system allows: TLS handshakes are not counted among them."""


def provide_files(connections_max: int) -> int:
    """Let this process, and those it starts, open files for so many connections; answer for how many there are any."""
    wanted = _SPARE * connections_max + _OWN_FILES
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return connections_max
    enough = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    if allowed < enough:
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, most))
    fitting = max(1, max(allowed, enough) - _OWN_FILES)
    if fitting < connections_max:
        structlog.get_logger().warning("server.files_short", connections=fitting, wanted=connections_max)
    return min(connections_max, fitting)
