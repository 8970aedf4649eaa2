"""The closed vocabulary of access: roles, verbs, row scopes, masks, reasons."""

from enum import StrEnum


class Role(StrEnum):
    """The roles that every agency starts with. An agency's overlay may add roles of its own."""

    AGENCY_ADMIN = "agency_admin"
    """Configures the agency and its people; use-of-force detail reaches this role masked or not at all."""
    CHIEF = "chief"
    """Commands: the whole agency, the widest view of any role."""
    TRAINING_COORDINATOR = "training_coordinator"
    """Keeps training records, sees no use-of-force rows."""
    SUPERVISOR = "supervisor"
    """Own unit and the units below, never an incident in which the supervisor is involved."""
    OFFICER = "officer"
    """Self-service: own record, own trainings, incidents in which the officer was involved."""
    UOF_REVIEWER = "uof_reviewer"
    """Internal affairs: reviews use of force across the agency."""
    RECORDS_CLERK = "records_clerk"
    """Keeps records in order: of use of force, the headers only."""
    HR = "hr"
    """Personnel data; of use of force, counts of officers' injuries only."""
    LEGAL = "legal"
    """The agency's attorney: reads everything that may have to be disclosed or defended."""
    AUDITOR = "auditor"
    """Internal auditor: closed incidents, masked identities, aggregates where rows would name people."""
    POST_AUDITOR = "post_auditor"
    """State training board: sworn officers and their training, no use of force."""
    PUBLIC_PORTAL = "public_portal"
    """Publishes to the public: aggregates and published identifiers only."""
    SUPPORT = "support"
    """Vendor support: nothing without a grant by the agency, and then read-only."""
    PARTNER = "partner"
    """Marks a partner's key, which also carries a template role. Grants nothing, forbids writing."""


ROLE_COLUMNS: dict[str, Role] = {
    "AA": Role.AGENCY_ADMIN,
    "CH": Role.CHIEF,
    "TC": Role.TRAINING_COORDINATOR,
    "SU": Role.SUPERVISOR,
    "OF": Role.OFFICER,
    "IA": Role.UOF_REVIEWER,
    "RC": Role.RECORDS_CLERK,
    "HR": Role.HR,
    "LG": Role.LEGAL,
    "AU": Role.AUDITOR,
    "PO": Role.POST_AUDITOR,
    "PP": Role.PUBLIC_PORTAL,
    "VS": Role.SUPPORT,
}
"""The matrix's column headings, in its order. `partner` has no column: it grants nothing."""


class Letter(StrEnum):
    """What one cell of the matrix says."""

    VISIBLE = "V"
    MASKED = "M"
    DENIED = "D"
    AGGREGATE = "A"
    OWN = "O"


class Act(StrEnum):
    """What may be done. View, enter and export are separate rights: each is the agency's to give."""

    VIEW = "view"
    VIEW_MASKED = "view_masked"
    VIEW_AGGREGATE = "view_aggregate"
    ENTER = "enter"
    EXPORT = "export"


class Effect(StrEnum):
    """Whether a policy line grants or forbids. Forbidding wins."""

    ALLOW = "allow"
    DENY = "deny"


class Rows(StrEnum):
    """Which of an agency's rows a right covers."""

    AGENCY = "agency"
    UNIT = "unit"
    """The units of the membership and those below."""
    OWN = "own"
    """Rows about the membership's officer."""
    CHAIN = "chain"
    """The own chain of command: who commands the membership's units, or one above them."""
    CLOSED = "closed"
    """Incidents whose review is closed."""
    PUBLISHED = "published"
    """Closed incidents that the agency approved for publication."""
    SWORN = "sworn"
    """Sworn officers, and of their trainings those of the cycle that the agency granted; without a grant, none."""
    GRANTED = "granted"
    """The officers with their trainings, and the incidents, that a support grant names. No policy line says it."""


POLICY_ROWS = tuple(rows for rows in Rows if rows is not Rows.GRANTED)
"""What a policy line may say."""


class Mask(StrEnum):
    """What stands in for a masked value. None keeps length, format or existence unless its name says so."""

    INITIAL = "initial"
    LAST_TWO = "last_two"
    ON_FILE = "on_file"
    """Tells that there is something, not what or how long. A digest would be an oracle for guesses."""
    YEAR = "year"
    MONTH = "month"
    ACTIVE_FLAG = "active_flag"
    BLOCK = "block"
    """A coordinate to two decimals, about a kilometre."""
    DOMAIN_PART = "domain_part"
    WITHHELD = "withheld"
    """Null on every row, whether or not there is a value."""


class Classification(StrEnum):
    """How sensitive a field group is, least first."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    RESTRICTED = "restricted"


class Reason(StrEnum):
    """Why a coordinate is denied; where several hold, the first of this order is told."""

    SUBSCRIPTION = "SUBSCRIPTION"
    """The agency's subscription has ended; only its administrator still reads."""
    MODULE = "MODULE"
    """The agency does not subscribe to the module that the type belongs to."""
    KEY_SCOPE = "KEY_SCOPE"
    """The key was issued for less."""
    CEILING = "CEILING"
    """A platform deny, which no agency can lift."""
    ROLE = "ROLE"
    """No policy line grants it, or the agency's own line forbids it."""


class DeniedMode(StrEnum):
    """How a caller wants to be told of denied fields."""

    ERRORS = "errors"
    EXTENSIONS = "extensions"
    REJECT = "reject"
    """Any denied coordinate rejects the operation before it runs."""
    HIDE = "hide"
    """A denied coordinate answers exactly as one that does not exist."""


class Safelist(StrEnum):
    """What comes of an operation that the key's agency has not stored: the steps to a key that sends nothing else."""

    OFF = "off"
    LOG = "log"
    """Answered, and marked in its access record."""
    WARN = "warn"
    """Besides, the answer says so."""
    BLOCK = "block"
    """Refused."""


class PrincipalKind(StrEnum):
    """What stands behind a request."""

    PERSON = "person"
    KEY = "key"
    SUPPORT = "support"
