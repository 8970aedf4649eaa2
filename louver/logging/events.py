"""The closed vocabulary of the log: what can happen, and how it can end."""

from enum import StrEnum


class Event(StrEnum):
    """What happened. A record holds exactly one of these; searches and alarms rely on the spelling."""

    ACCESS_QUERY = "access.query"
    ACCESS_MUTATION = "access.mutation"
    ACCESS_DENIED = "access.denied"
    """An operation that touched coordinates its principal may not see, whether or not the rest was answered."""
    ACCESS_REFUSED = "access.refused"
    """A request that was turned down before anything was read: malformed, too large, of an unknown field."""
    AUTH_LOGIN = "auth.login"
    AUTH_FAILED = "auth.failed"
    KEY_ISSUED = "key.issued"
    KEY_ROTATED = "key.rotated"
    KEY_CHANGED = "key.changed"
    """Its limits were changed, or its scopes narrowed."""
    KEY_REVOKED = "key.revoked"
    KEY_PREVIEWED = "key.previewed"
    """Somebody looked at what a key would read before it was issued; the record says of whom."""
    POLICY_CHANGED = "policy.changed"
    ROLE_CHANGED = "role.changed"
    """A role was made or retired, or somebody's roles were changed."""
    OPERATION_REGISTERED = "operation.registered"
    """Operations were registered, to be asked for by their hash."""
    OPERATION_RETIRED = "operation.retired"
    SUPPORT_GRANTED = "support.granted"
    SUPPORT_REVOKED = "support.revoked"
    AUDIT_SEARCHED = "audit.searched"


class Outcome(StrEnum):
    """How it ended for the caller."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    """Answered with something withheld, masked or suppressed."""
    REFUSED = "refused"
    """Not answered, and the caller can act on it."""
    UNAVAILABLE = "unavailable"
    """Not answered because something of ours was down; nothing left."""
    ABANDONED = "abandoned"
    """Cut short before the answer could leave: the client hung up or the server was stopping."""
    ERROR = "error"
    """A fault of ours: the caller got an id, the log the place."""
