"""Coded values: every closed list that a column may hold, one enum each."""

from louver.db.codes.agencies import Module, SubscriptionStatus
from louver.db.codes.coded import CodedEnum
from louver.db.codes.force import (
    ForceType,
    ImpairmentType,
    InjuryType,
    MedicalTreatment,
    ResistanceType,
    ThreatDirection,
)
from louver.db.codes.incidents import ContactOrigin, ContactReason, ForceLevel, IncidentStatus, Lighting, Weather
from louver.db.codes.people import AgeBand, EmploymentStatus, LicenseStatus, PersonStatus, RaceEthnicity, Sex
from louver.db.codes.places import LocationType
from louver.db.codes.trainings import CourseCategory, ImportStatus, TrainingStatus

__all__ = [
    "AgeBand",
    "CodedEnum",
    "ContactOrigin",
    "ContactReason",
    "CourseCategory",
    "EmploymentStatus",
    "ForceLevel",
    "ForceType",
    "ImpairmentType",
    "ImportStatus",
    "IncidentStatus",
    "InjuryType",
    "LicenseStatus",
    "Lighting",
    "LocationType",
    "MedicalTreatment",
    "Module",
    "PersonStatus",
    "RaceEthnicity",
    "ResistanceType",
    "Sex",
    "SubscriptionStatus",
    "ThreatDirection",
    "TrainingStatus",
    "Weather",
]
