"""How long a client may take and how much it may send before its request is one: the limits of a connection."""

from dataclasses import dataclass

from louver.errors import MisconfiguredError
from louver.settings import Settings

HEAD_BYTES_MAX = 65_536
"""Request line and headers together."""
HEADERS_MAX = 100
TARGET_BYTES_MAX = 8_192
PIPELINE_MAX = 16
"""Requests that one connection may send ahead of their answers."""
STALL_BYTES = 16_384
"""An answer of which less than this leaves in `stall_seconds` has no reader."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Per connection, except for `connections_max`, which is per process."""

    head_seconds: float = 10.0
    """From the first byte of a head, or from connecting, to its end."""
    body_seconds: float = 30.0
    idle_seconds: float = 75.0
    """Between two requests; longer than the 60 seconds after which most proxies let go, so that they do it first."""
    connections_max: int = 1_000
    drain_seconds: float = 30.0
    """How long requests in flight may take to end once the process has been told to stop."""
    stall_seconds: float = 30.0
    linger_seconds: float = 2.0
    """How long a refused client may finish speaking before the connection is cut."""
    grace_seconds: float = 1.0
    """How long a silent connection stays open while the process stops: its next request may be on the way."""

    @classmethod
    def from_settings(cls, settings: Settings) -> "ConnectionLimits":
        """Take them from the settings.

        Raises:
            MisconfiguredError: one of them is not positive.
        """
        names = ("head_seconds", "body_seconds", "idle_seconds", "connections_max", "drain_seconds")
        values = {name: getattr(settings, name) for name in names}
        for name, value in values.items():
            if not 0 < value < float("inf"):  # which also catches what is not a number
                raise MisconfiguredError(f"LOUVER_{name.upper()} is not positive", hint="set it above 0, or unset it")
        return cls(**values)
