"""Who is connected to this process, and who has to go when there is no room or no time left."""

from collections import OrderedDict
from typing import Protocol

from louver.serving.limits import ConnectionLimits


class Guest(Protocol):
    """A connection, as far as room and time go."""

    def refuse_entry(self) -> None:
        """Turn it away at the door."""

    def give_place(self) -> None:
        """End it now: another needs its place."""


class Census:
    """The connections of one process. Those that wait for their client can be ended for those that do not."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self.is_draining = False
        self._waiting: OrderedDict[Guest, None] = OrderedDict()
        """Waiting for a request or the rest of one, longest first."""

    def admit(self, guest: Guest, connected: int) -> None:
        """Take a new connection in. The one that has made us wait longest goes when there are too many.

        An idle client of ours loses nothing by it, it connects again; thousands that say nothing, or a byte at a time,
        push each other out and nobody else.
        """
        if connected > self.limits.connections_max:
            if not self._waiting:
                guest.refuse_entry()
                return
            longest, _ = self._waiting.popitem(last=False)
            longest.give_place()
        self._waiting[guest] = None

    def await_client(self, guest: Guest) -> None:
        """Note that from now on it is the client's turn."""
        self._waiting[guest] = None
        self._waiting.move_to_end(guest)

    def let_go_first(self, guest: Guest) -> None:
        """Note that it has been refused and may only finish speaking."""
        self._waiting[guest] = None
        self._waiting.move_to_end(guest, last=False)

    def forget(self, guest: Guest) -> None:
        """Note that it is our turn, or that it is gone."""
        self._waiting.pop(guest, None)
