"""Codes of a use-of-force incident: its state, level, place and circumstances."""

from louver.db.codes.coded import PENDING, UNKNOWN, CodedEnum


class IncidentStatus(CodedEnum):
    """Where the review of an incident stands."""

    OPEN = "OPEN", "Entered, not yet under review"
    UNDER_REVIEW = "UNDER_REVIEW", "Under review"
    CLOSED = "CLOSED", "Review finished"
    UNKNOWN = UNKNOWN


class ForceLevel(CodedEnum):
    """Level of force, by the agency's own scale of four."""

    LEVEL_1 = "LEVEL_1", "Level 1: least serious"
    LEVEL_2 = "LEVEL_2", "Level 2"
    LEVEL_3 = "LEVEL_3", "Level 3"
    LEVEL_4 = "LEVEL_4", "Level 4: most serious"
    UNKNOWN = UNKNOWN


class ContactOrigin(CodedEnum):
    """How the contact came about (New Jersey's list)."""

    DISPATCHED = "DISPATCHED", "Dispatched"
    OFFICER_INITIATED = "OFFICER_INITIATED", "Initiated by the officer"
    CITIZEN_INITIATED = "CITIZEN_INITIATED", "Initiated by a citizen"
    PRE_PLANNED = "PRE_PLANNED", "Planned beforehand"
    OTHER = "OTHER", "Another origin"
    UNKNOWN = UNKNOWN


class ContactReason(CodedEnum):
    """Reason for the initial contact (the FBI's list, and the stops and assists that New Jersey tells apart)."""

    UNLAWFUL_ACTIVITY = "UNLAWFUL_ACTIVITY", "Response to unlawful or suspicious activity"
    ROUTINE_PATROL = "ROUTINE_PATROL", "Routine patrol other than a traffic stop"
    TRAFFIC_STOP = "TRAFFIC_STOP", "Traffic stop"
    PEDESTRIAN_STOP = "PEDESTRIAN_STOP", "Pedestrian stop"
    WARRANT_SERVICE = "WARRANT_SERVICE", "Service of a warrant or court order, or a wanted person"
    FOLLOW_UP = "FOLLOW_UP", "Follow-up investigation"
    ASSISTANCE = "ASSISTANCE", "Medical, mental-health or welfare assistance"
    MASS_DEMONSTRATION = "MASS_DEMONSTRATION", "Mass demonstration"
    PRISONER_TRANSPORT = "PRISONER_TRANSPORT", "Prisoner transport"
    OFFICER_ASSIST = "OFFICER_ASSIST", "Assisting another officer"
    OTHER = "OTHER", "Another reason"
    PENDING = PENDING
    UNKNOWN = UNKNOWN


class Lighting(CodedEnum):
    """Light at the scene."""

    DAYLIGHT = "DAYLIGHT", "Daylight"
    DAWN = "DAWN", "Dawn"
    DUSK = "DUSK", "Dusk"
    DAWN_OR_DUSK = "DAWN_OR_DUSK", "Dawn or dusk, not told apart"
    ARTIFICIAL = "ARTIFICIAL", "Artificial light"
    DARK_LIT = "DARK_LIT", "Dark, well lit"
    DARK_UNLIT = "DARK_UNLIT", "Dark, poorly lit or unlit"
    DARKNESS = "DARKNESS", "Dark, lit or not is not stated"
    INDOORS = "INDOORS", "Indoors"
    OTHER = "OTHER", "Other light"
    UNKNOWN = UNKNOWN


class Weather(CodedEnum):
    """Weather at the scene."""

    CLEAR = "CLEAR", "Clear"
    CLOUDY = "CLOUDY", "Cloudy"
    RAIN = "RAIN", "Rain"
    SNOW = "SNOW", "Snow, sleet, hail or ice"
    FOG = "FOG", "Fog, smoke or dust"
    WIND = "WIND", "Severe wind"
    INDOORS = "INDOORS", "Indoors: does not matter"
    OTHER = "OTHER", "Other weather"
    UNKNOWN = UNKNOWN
