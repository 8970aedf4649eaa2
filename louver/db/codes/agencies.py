"""Codes of an agency's subscription."""

from louver.db.codes.coded import CodedEnum


class Module(CodedEnum):
    """What an agency may subscribe to."""

    TRAINING = "TRAINING", "Courses and training records"
    UOF = "UOF", "Use-of-force incidents, involvements and subjects"


class SubscriptionStatus(CodedEnum):
    """Where an agency stands with its subscription."""

    ACTIVE = "ACTIVE", "Subscribed: records may be read and entered"
    CANCELLED = "CANCELLED", "Cancelled: records may be read and exported until they are purged"
    EXPIRED = "EXPIRED", "Ran out: records may be read and exported until they are purged"
    PURGED = "PURGED", "Purged: the records are gone"
