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
    """Somebody logged in; partial where the password was right and something more is due."""
    AUTH_FAILED = "auth.failed"
    AUTH_LOCKED = "auth.locked"
    """A try was one too many: no log-in under this name for a while."""
    AUTH_NEW_ADDRESS = "auth.new_address"
    """A log-in from an address that the person has not come from lately."""
    AUTH_LOGOUT = "auth.logout"
    AUTH_PASSWORD = "auth.password"  # noqa: S105 - an event's name
    """Somebody changed the own password."""
    AUTH_FACTOR = "auth.factor"
    """Somebody set up a second factor."""
    KEY_ISSUED = "key.issued"
    KEY_REVOKED = "key.revoked"
    POLICY_CHANGED = "policy.changed"
    PERSON_CHANGED = "person.changed"
    """An account or membership was made, closed, opened or given new credentials by an administrator."""
    PROVIDER_CHANGED = "provider.changed"
    """An agency's identity provider was set up or taken out of use."""
    ROLE_CHANGED = "role.changed"
    """A role was made or retired, or somebody's roles were changed."""
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
