"""Codes of persons: officers, subjects and account holders."""

from louver.db.codes.coded import UNKNOWN, CodedEnum


class Sex(CodedEnum):
    """Sex as reported (NIBRS codes)."""

    MALE = "M", "Male"
    FEMALE = "F", "Female"
    NON_BINARY = "X", "Non-binary or X"
    OTHER = "OTHER", "Another answer, or the source's own 'other'"
    UNKNOWN = UNKNOWN


class RaceEthnicity(CodedEnum):
    """Race and ethnicity in one answer (NIBRS codes, with Hispanic origin as an answer of its own)."""

    AMERICAN_INDIAN = "I", "American Indian or Alaska Native"
    ASIAN = "A", "Asian"
    BLACK = "B", "Black or African American"
    HISPANIC = "H", "Hispanic or Latino, of any race"
    PACIFIC_ISLANDER = "P", "Native Hawaiian or other Pacific Islander"
    WHITE = "W", "White"
    TWO_OR_MORE = "TWO_OR_MORE", "Two or more races"
    OTHER = "OTHER", "Another answer, or the source's own 'other'"
    UNKNOWN = UNKNOWN


class AgeBand(CodedEnum):
    """Age in bands, so that a subject's age can be told without the number."""

    UNDER_18 = "UNDER_18", "Under 18 years"
    AGE_18_24 = "AGE_18_24", "18 to 24 years"
    AGE_25_34 = "AGE_25_34", "25 to 34 years"
    AGE_35_44 = "AGE_35_44", "35 to 44 years"
    AGE_45_54 = "AGE_45_54", "45 to 54 years"
    AGE_55_64 = "AGE_55_64", "55 to 64 years"
    AGE_65_OVER = "AGE_65_OVER", "65 years and over"
    UNKNOWN = UNKNOWN

    @classmethod
    def from_age(cls, age: int | None) -> "AgeBand":
        """Name the band that an age in years falls in."""
        if age is None:
            return cls.UNKNOWN
        limits = (18, 25, 35, 45, 55, 65)
        return list(cls)[sum(age >= limit for limit in limits)]


class LicenseStatus(CodedEnum):
    """State of a peace officer's licence."""

    ACTIVE = "ACTIVE", "Valid licence"
    INACTIVE = "INACTIVE", "Held but not in use"
    EXPIRED = "EXPIRED", "Past its expiry date"
    SUSPENDED = "SUSPENDED", "Suspended by the licensing board"
    REVOKED = "REVOKED", "Revoked by the licensing board"
    NOT_REQUIRED = "NOT_REQUIRED", "The post needs no licence"
    OTHER = "OTHER", "Another state of the licence"
    UNKNOWN = UNKNOWN


class EmploymentStatus(CodedEnum):
    """Whether and how a person serves the agency."""

    ACTIVE = "ACTIVE", "In service"
    PROBATIONARY = "PROBATIONARY", "In service, on probation"
    RESERVE = "RESERVE", "In service as a reserve"
    LEAVE = "LEAVE", "On leave"
    RESIGNED = "RESIGNED", "Left by resignation"
    RETIRED = "RETIRED", "Left by retirement"
    SEPARATED = "SEPARATED", "Left in another way"
    OTHER = "OTHER", "Another state of employment"
    UNKNOWN = UNKNOWN


class PersonStatus(CodedEnum):
    """Whether an account holder may sign in."""

    ACTIVE = "ACTIVE", "May sign in"
    DEACTIVATED = "DEACTIVATED", "May not sign in; what was recorded stays"
