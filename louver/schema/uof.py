"""Use-of-force (UoF) incidents, the officers involved and the subjects."""

from louver.db.uof import UofIncidentRow, UofInvolvementRow, UofSubjectRow
from louver.resolvers.catalogue import Kind
from louver.resolvers.uof import INCIDENT_SCOPES, INVOLVEMENT_SCOPES, SUBJECT_SCOPES, is_impaired, officer_ref
from louver.schema.declarations import column, derived, entity, grouping, to_many, to_one


@entity(UofIncidentRow, plural="uofIncidents", label="number", scopes=INCIDENT_SCOPES, subjects={"incident": "id"})
class UofIncident:
    """An incident in which force was used."""

    number = column(UofIncidentRow.number, "The agency's number for it.")
    occurred_at = column(UofIncidentRow.occurred_at, "When it happened.")
    status = column(UofIncidentRow.status, "State of the review.")
    level = column(UofIncidentRow.level, "Level of force.")
    local_case_no = column(UofIncidentRow.local_case_no, "Number of the related report.")
    other_agency_oris = column(UofIncidentRow.other_agency_oris, "ORIs of other agencies that took part.")
    location_type = column(UofIncidentRow.location_type, "Kind of place.")
    contact_reason = column(UofIncidentRow.contact_reason, "Reason for the initial contact.")
    contact_origin = column(UofIncidentRow.contact_origin, "How the contact came about.")
    call_type = column(UofIncidentRow.call_type, "Kind of call.", is_grouped=True)
    lighting = column(UofIncidentRow.lighting, "Light at the time.")
    weather = column(UofIncidentRow.weather, "Weather at the time.")
    address = column(UofIncidentRow.address, "Street address.")
    latitude = column(UofIncidentRow.latitude, "Latitude in degrees (WGS 84).")
    longitude = column(UofIncidentRow.longitude, "Longitude in degrees (WGS 84).")
    beat = column(UofIncidentRow.beat, "Beat.", is_grouped=True)
    offense_codes = column(UofIncidentRow.offense_codes, "Codes of the offenses that led to the contact.")
    arrest_made = column(UofIncidentRow.arrest_made, "Whether somebody was arrested.")
    supervisor_present = column(UofIncidentRow.supervisor_present, "Whether a supervisor was present or consulted.")
    ambush = column(UofIncidentRow.ambush, "Whether the officers were ambushed.")
    officer_approached = column(UofIncidentRow.officer_approached, "Whether an officer approached the subject.")
    officers_total = column(UofIncidentRow.officers_total, "Officers who applied force, of all agencies.")
    summary = column(UofIncidentRow.summary, "Summary of what happened.")
    video_available = column(UofIncidentRow.video_available, "Whether there is video.")
    fbi_reportable = column(UofIncidentRow.fbi_reportable, "Whether it meets the FBI's threshold for reporting.")
    submitted_at = column(UofIncidentRow.submitted_at, "When it was submitted to the state or the FBI.")
    published_at = column(UofIncidentRow.published_at, "When the agency approved it for publication.")
    agency = to_one("Agency", "agency_id", "The agency.")
    involvements = to_many("UofInvolvement", "incident_id", "The officers' parts.")
    subjects = to_many("UofSubject", "incident_id", "The persons on whom force was used.")


@entity(UofInvolvementRow, plural="uofInvolvements", scopes=INVOLVEMENT_SCOPES, subjects={"incident": "incident_id"})
class UofInvolvement:
    """One officer's part in an incident."""

    officer_ref = derived(
        Kind.TEXT, officer_ref, "Pseudonym of the officer, the same in all of the agency's incidents."
    )
    officer_age = column(UofInvolvementRow.officer_age, "Age of the officer in years at the time.")
    officer_rank = column(UofInvolvementRow.officer_rank, "Rank of the officer at the time.", is_grouped=True)
    force_types = column(UofInvolvementRow.force_types, "Kinds of force that the officer used.")
    firearm_discharged = column(UofInvolvementRow.firearm_discharged, "Whether the officer discharged a firearm.")
    on_duty = column(UofInvolvementRow.on_duty, "Whether on duty.")
    in_uniform = column(UofInvolvementRow.in_uniform, "Whether in uniform or otherwise identifiable.")
    officer_injured = column(UofInvolvementRow.officer_injured, "Whether the officer was injured.")
    injury_types = column(UofInvolvementRow.injury_types, "Injuries of the officer.")
    treatment = column(UofInvolvementRow.treatment, "Medical treatment of the officer.")
    training_current_on_date = column(
        UofInvolvementRow.training_current_on_date, "Whether the officer's use-of-force training was current that day."
    )
    officer = to_one("Officer", "officer_id", "The officer.", is_classified=True)
    incident = to_one("UofIncident", "incident_id", "The incident.")
    agency = to_one("Agency", "agency_id", "The agency.")
    unit = grouping("Unit of the officer.", "officer", "unit")
    occurred_at_year = grouping("Year of the incident.", "incident", "occurredAt", part="YEAR")
    occurred_at_month = grouping("Month of the incident, such as `2026-03`.", "incident", "occurredAt", part="MONTH")
    incident_status = grouping("State of the incident's review.", "incident", "status")


@entity(UofSubjectRow, plural="uofSubjects", scopes=SUBJECT_SCOPES, subjects={"incident": "incident_id"})
class UofSubject:
    """A person on whom force was used; neither name, birth date nor address is held."""

    seq = column(UofSubjectRow.seq, "Number within the incident, from 1.")
    sex = column(UofSubjectRow.sex, "Sex.")
    race_ethnicity = column(UofSubjectRow.race_ethnicity, "Race and ethnicity.")
    age_band = column(UofSubjectRow.age_band, "Age in bands.")
    age_exact = column(UofSubjectRow.age_exact, "Age in years.")
    height_in = column(UofSubjectRow.height_in, "Height in inches.")
    weight_lb = column(UofSubjectRow.weight_lb, "Weight in pounds.")
    is_juvenile = column(UofSubjectRow.is_juvenile, "Whether a juvenile.")
    armed = column(UofSubjectRow.armed, "Whether armed or believed to be.")
    threat_direction = column(UofSubjectRow.threat_direction, "Against whom a threat was perceived.")
    resistance_types = column(UofSubjectRow.resistance_types, "Kinds of resistance.")
    impaired = derived(Kind.BOOLEAN, is_impaired, "Whether any impairment was apparent, without its kind.")
    impairment_types = column(UofSubjectRow.impairment_types, "Kinds of apparent impairment.")
    injury_types = column(UofSubjectRow.injury_types, "Injuries.")
    died = column(UofSubjectRow.died, "Whether the person died.")
    medical_treatment = column(UofSubjectRow.medical_treatment, "Medical treatment.")
    incident = to_one("UofIncident", "incident_id", "The incident.")
    agency = to_one("Agency", "agency_id", "The agency.")
    occurred_at_year = grouping("Year of the incident.", "incident", "occurredAt", part="YEAR")
    occurred_at_month = grouping("Month of the incident, such as `2026-03`.", "incident", "occurredAt", part="MONTH")
