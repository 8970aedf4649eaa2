"""Rows of an invented incident's parts: the officers involved and the subjects."""

from louver.db.codes import (
    AgeBand,
    ForceLevel,
    ForceType,
    ImpairmentType,
    InjuryType,
    MedicalTreatment,
    RaceEthnicity,
    ResistanceType,
    Sex,
    ThreatDirection,
)
from louver.db.demo.draw import Draw, Row

_FORCE = {
    ForceLevel.LEVEL_1: (
        ForceType.RESTRAINING_HOLD,
        ForceType.TAKE_DOWN,
        ForceType.PRESSURE_POINT,
        ForceType.ARM_BAR,
        ForceType.ARMS_OR_HANDS,
        ForceType.CED_SPARK_DISPLAY,
        ForceType.POINTED_FIREARM,
    ),
    ForceLevel.LEVEL_2: (
        ForceType.CED_DISCHARGED,
        ForceType.CHEMICAL_AGENT,
        ForceType.FIST_STRIKE,
        ForceType.LEG_STRIKE,
        ForceType.TAKE_DOWN,
        ForceType.BATON,
    ),
    ForceLevel.LEVEL_3: (
        ForceType.CANINE_BITE_APPREHENSION,
        ForceType.HEAD_STRIKE,
        ForceType.BEAN_BAGS,
        ForceType.BLUNT_OBJECT,
    ),
    ForceLevel.LEVEL_4: (ForceType.HANDGUN, ForceType.RIFLE, ForceType.CHOKEHOLD, ForceType.VEHICLE_STRIKE_INTENDED),
}
_FIREARMS = {ForceType.HANDGUN, ForceType.RIFLE}
_OFFICER_INJURIES = {
    InjuryType.ABRASION_OR_PUNCTURE: 45,
    InjuryType.CONTUSION: 35,
    InjuryType.MINOR: 18,
    InjuryType.CONCUSSION: 2,
}
_SUBJECT_INJURIES = {
    InjuryType.COMPLAINT_OF_PAIN: 30,
    InjuryType.ABRASION_OR_PUNCTURE: 35,
    InjuryType.CONTUSION: 22,
    InjuryType.FRACTURE_OR_DISLOCATION: 4,
    InjuryType.UNKNOWN: 9,
}
_TREATMENTS = {
    MedicalTreatment.EMS_ON_SCENE: 40,
    MedicalTreatment.HOSPITAL: 30,
    MedicalTreatment.FIRST_AID: 15,
    MedicalTreatment.REFUSED: 15,
}
_RESISTANCE = (
    ResistanceType.VERBAL,
    ResistanceType.PASSIVE,
    ResistanceType.TENSION,
    ResistanceType.FLIGHT,
    ResistanceType.ACTIVE,
    ResistanceType.AGGRESSIVE,
    ResistanceType.HANDS_FISTS_FEET,
)
_WEAPONS = (ResistanceType.EDGED_WEAPON, ResistanceType.BLUNT_OBJECT, ResistanceType.FIREARM, ResistanceType.VEHICLE)
_IMPAIRMENTS = (ImpairmentType.ALCOHOL, ImpairmentType.DRUG, ImpairmentType.MENTAL_HEALTH)
_THREATS = {ThreatDirection.NONE: 45, ThreatDirection.OFFICER: 35, ThreatDirection.ANOTHER: 12, ThreatDirection.SELF: 8}
_RACES = {
    RaceEthnicity.WHITE: 42,
    RaceEthnicity.BLACK: 26,
    RaceEthnicity.HISPANIC: 17,
    RaceEthnicity.AMERICAN_INDIAN: 5,
    RaceEthnicity.ASIAN: 4,
    RaceEthnicity.TWO_OR_MORE: 2,
    RaceEthnicity.UNKNOWN: 4,
}
_ADULT = 18


def build_involvement(draw: Draw, incident: Row, officer: Row) -> Row:
    """Make one officer's part. Who it was is missing now and then, as it is in real files."""
    kinds = _FORCE[incident["level"]]
    force = draw.sample(kinds, draw.pick({1: 60, 2: 32, 3: 8}))
    is_injured = draw.chance(0.14)
    served_years = (incident["occurred_at"].date() - officer["hire_date"]).days // 365
    return {
        "agency_id": incident["agency_id"],
        "id": draw.uuid(),
        "incident_id": incident["id"],
        "officer_id": draw.known(officer["id"], 0.02),
        "officer_age": draw.known(_age_when_hired(officer) + served_years, 0.05),
        "officer_rank": draw.known(officer["rank"], 0.2),
        "force_types": draw.known(force, 0.02),
        "firearm_discharged": not _FIREARMS.isdisjoint(force),
        "on_duty": draw.known(draw.chance(0.97), 0.02),
        "in_uniform": draw.known(not officer["is_undercover"] and draw.chance(0.93), 0.02),
        "officer_injured": is_injured,
        "injury_types": [draw.pick(_OFFICER_INJURIES)] if is_injured else [InjuryType.NONE],
        "treatment": [draw.pick(_TREATMENTS)] if is_injured else None,
        "training_current_on_date": draw.known(draw.chance(0.94), 0.04),
        "source_system": None,
        "source_key": None,
    }


def _age_when_hired(officer: Row) -> int:
    """Tell an age that is the same in every incident of an officer."""
    return 21 + int(officer["id"].int % 14)


def build_subject(draw: Draw, incident: Row, seq: int) -> Row:
    """Make one subject: no name, birth date or address, as nowhere in these records."""
    age = draw.known(int(14 + 56 * draw.random() ** 1.7), 0.15)
    is_armed = draw.chance(0.12)
    resistance = draw.sample(_RESISTANCE, draw.randrange(1, 4)) + ([draw.choice(_WEAPONS)] if is_armed else [])
    return {
        "agency_id": incident["agency_id"],
        "id": draw.uuid(),
        "incident_id": incident["id"],
        "seq": seq,
        "sex": draw.known(draw.pick({Sex.MALE: 79, Sex.FEMALE: 20, Sex.NON_BINARY: 1}), 0.02),
        "race_ethnicity": draw.known(draw.pick(_RACES), 0.02),
        "age_band": AgeBand.from_age(age),
        "age_exact": age,
        "height_in": draw.known(draw.randrange(59, 77), 0.3),
        "weight_lb": draw.known(draw.randrange(100, 290), 0.3),
        "is_juvenile": None if age is None else age < _ADULT,
        "armed": draw.known(is_armed, 0.02),
        "threat_direction": draw.known(draw.pick(_THREATS), 0.05),
        "resistance_types": draw.known(resistance, 0.03),
        "impairment_types": [draw.choice(_IMPAIRMENTS)] if draw.chance(0.45) else [ImpairmentType.NONE],
        "source_system": None,
        "source_key": None,
        **_build_injuries(draw, incident["level"]),
    }


def _build_injuries(draw: Draw, level: ForceLevel) -> Row:
    has_died = level is ForceLevel.LEVEL_4 and draw.chance(0.2)
    if has_died:
        injuries = [InjuryType.GUNSHOT_WOUND, InjuryType.DEATH]
    else:
        injuries = [draw.pick(_SUBJECT_INJURIES)] if draw.chance(0.45) else [InjuryType.NONE]
    is_unhurt = injuries == [InjuryType.NONE]
    return {
        "injury_types": injuries,
        "died": has_died,
        "medical_treatment": None if is_unhurt else [draw.pick(_TREATMENTS)],
    }
