"""Codes of courses, training records and import runs."""

from louver.db.codes.coded import UNKNOWN, CodedEnum


class TrainingStatus(CodedEnum):
    """How a training record ended."""

    PASSED = "PASSED", "Attended and passed; earns its hours"
    INSTRUCTED = "INSTRUCTED", "Taught the course; earns its hours"
    COMPLETED = "COMPLETED", "Attended to the end; earns its hours"
    INCOMPLETE = "INCOMPLETE", "Not attended to the end"
    FAILED = "FAILED", "Attended and not passed"
    IN_PROGRESS = "IN_PROGRESS", "Not yet over"
    WITHDRAWN = "WITHDRAWN", "Called off by the officer or the agency"
    OTHER = "OTHER", "Another status"
    UNKNOWN = UNKNOWN

    @property
    def is_earning(self) -> bool:
        """Whether hours of a record with this status count."""
        return self in (TrainingStatus.PASSED, TrainingStatus.INSTRUCTED, TrainingStatus.COMPLETED)


class CourseCategory(CodedEnum):
    """Topic of a course, as state training rules name them."""

    FIREARMS = "FIREARMS", "Firearms and qualification"
    USE_OF_FORCE = "USE_OF_FORCE", "Use of force: law, policy and practice"
    DE_ESCALATION = "DE_ESCALATION", "De-escalation"
    EVOC = "EVOC", "Emergency vehicle operation and pursuit"
    LEGAL_UPDATE = "LEGAL_UPDATE", "Changes of law"
    CRISIS_MENTAL_HEALTH = "CRISIS_MENTAL_HEALTH", "Crisis intervention and mental illness"
    AUTISM = "AUTISM", "Contact with persons with autism"
    CONFLICT_MEDIATION = "CONFLICT_MEDIATION", "Conflict management and mediation"
    DIVERSITY_BIAS = "DIVERSITY_BIAS", "Community diversity and implicit bias"
    BIAS_CRIME = "BIAS_CRIME", "Crimes motivated by bias"
    OFFICER_WELLNESS = "OFFICER_WELLNESS", "Officer wellness"
    FIRST_AID_CPR = "FIRST_AID_CPR", "First aid, CPR and AED"
    CEW = "CEW", "Conducted energy weapons"
    DEFENSIVE_TACTICS = "DEFENSIVE_TACTICS", "Defensive tactics, arrest and control"
    ETHICS = "ETHICS", "Ethics"
    DOMESTIC_VIOLENCE = "DOMESTIC_VIOLENCE", "Domestic violence"
    ACTIVE_SHOOTER = "ACTIVE_SHOOTER", "Active shooter response"
    INVESTIGATIONS = "INVESTIGATIONS", "Investigations"
    SUPERVISION = "SUPERVISION", "Supervision and leadership"
    HAZMAT_OSHA = "HAZMAT_OSHA", "Hazardous materials and safety at work"
    ADMIN_SYSTEMS = "ADMIN_SYSTEMS", "Administration and computer systems"
    ELECTIVE = "ELECTIVE", "Elective: any other topic"
    OTHER = "OTHER", "A topic that the source names and this list does not"
    UNKNOWN = UNKNOWN


class ImportStatus(CodedEnum):
    """How an import run ended."""

    RUNNING = "RUNNING", "Not yet over"
    APPLIED = "APPLIED", "Its rows are in"
    REFUSED = "REFUSED", "Nothing of it is in"
