"""Use-of-force incidents, the officers involved and the subjects. A list of codes that is null was not stated."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from louver.db.base import SourcedRow, same_agency, same_source
from louver.db.codes import (
    AgeBand,
    ContactOrigin,
    ContactReason,
    ForceLevel,
    ForceType,
    ImpairmentType,
    IncidentStatus,
    InjuryType,
    Lighting,
    LocationType,
    MedicalTreatment,
    RaceEthnicity,
    ResistanceType,
    Sex,
    ThreatDirection,
    Weather,
)


class UofIncidentRow(SourcedRow):
    """An incident in which force was used."""

    __tablename__ = "uof_incidents"
    __table_args__ = (same_source(), Index(None, "agency_id", "occurred_at", "id"))

    number: Mapped[str]
    occurred_at: Mapped[datetime]
    status: Mapped[IncidentStatus] = mapped_column(default=IncidentStatus.UNKNOWN)
    level: Mapped[ForceLevel] = mapped_column(default=ForceLevel.UNKNOWN)
    local_case_no: Mapped[str | None]
    other_agency_oris: Mapped[list[str] | None]
    location_type: Mapped[LocationType | None]
    contact_reason: Mapped[ContactReason | None]
    contact_origin: Mapped[ContactOrigin | None]
    call_type: Mapped[str | None]
    lighting: Mapped[Lighting | None]
    weather: Mapped[Weather | None]
    address: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    beat: Mapped[str | None]
    offense_codes: Mapped[list[str] | None]
    arrest_made: Mapped[bool | None]
    supervisor_present: Mapped[bool | None]
    ambush: Mapped[bool | None]
    officer_approached: Mapped[bool | None]
    officers_total: Mapped[int | None]
    summary: Mapped[str | None]
    video_available: Mapped[bool | None]
    fbi_reportable: Mapped[bool | None]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]


class UofInvolvementRow(SourcedRow):
    """One officer's part in an incident; the officer may be unknown."""

    __tablename__ = "uof_involvements"
    __table_args__ = (
        same_agency("incident_id", "uof_incidents", ondelete="CASCADE"),
        same_agency("officer_id", "officers"),
        same_source(),
        Index(None, "agency_id", "incident_id", "id"),
        Index(None, "agency_id", "officer_id", "incident_id"),
    )

    incident_id: Mapped[UUID]
    officer_id: Mapped[UUID | None]
    officer_age: Mapped[int | None]
    officer_rank: Mapped[str | None]
    force_types: Mapped[list[ForceType] | None]
    firearm_discharged: Mapped[bool | None]
    on_duty: Mapped[bool | None]
    in_uniform: Mapped[bool | None]
    officer_injured: Mapped[bool | None]
    injury_types: Mapped[list[InjuryType] | None]
    treatment: Mapped[list[MedicalTreatment] | None]
    training_current_on_date: Mapped[bool | None]


class UofSubjectRow(SourcedRow):
    """A person on whom force was used, numbered within the incident. No name, birth date or address is held."""

    __tablename__ = "uof_subjects"
    __table_args__ = (
        same_agency("incident_id", "uof_incidents", ondelete="CASCADE"),
        same_source(),
        Index(None, "agency_id", "incident_id", "seq", "id"),
    )

    incident_id: Mapped[UUID]
    seq: Mapped[int]
    sex: Mapped[Sex | None]
    race_ethnicity: Mapped[RaceEthnicity | None]
    age_band: Mapped[AgeBand | None]
    age_exact: Mapped[int | None]
    height_in: Mapped[int | None]
    weight_lb: Mapped[int | None]
    is_juvenile: Mapped[bool | None]
    armed: Mapped[bool | None]
    threat_direction: Mapped[ThreatDirection | None]
    resistance_types: Mapped[list[ResistanceType] | None]
    impairment_types: Mapped[list[ImpairmentType] | None]
    injury_types: Mapped[list[InjuryType] | None]
    died: Mapped[bool | None]
    medical_treatment: Mapped[list[MedicalTreatment] | None]
