"""Codes of force, resistance, injury and treatment."""

from louver.db.codes.coded import PENDING, UNKNOWN, CodedEnum


class ForceType(CodedEnum):
    """Force that an officer used (Ohio OIBRS codes 01-22, and what New Jersey's portal tells apart beyond them)."""

    RESTRAINING_HOLD = "01", "Restraining hold"
    PRESSURE_POINT = "02", "Pressure point"
    BALANCE_DISPLACEMENT = "03", "Balance displacement"
    TAKE_DOWN = "04", "Take down"
    OTHER_EMPTY_HAND = "05", "Other empty-hand technique"
    CHEMICAL_AGENT = "06", "Chemical agent or spray"
    BATON = "07", "Baton"
    BLUNT_OBJECT = "08", "Flashlight or other blunt object"
    CANINE = "09", "Canine"
    CED_DISCHARGED = "10", "Conducted energy device used on the subject"
    RUBBER_BULLETS = "11", "Rubber bullets"
    BEAN_BAGS = "12", "Bean bags"
    OTHER_IMPACT_PROJECTILE = "13", "Other impact projectile"
    FLASH_BANG = "14", "Flash bang"
    VEHICLE = "15", "Vehicle"
    HANDGUN = "16", "Handgun discharged"
    RIFLE = "17", "Rifle discharged"
    SHOTGUN = "18", "Shotgun discharged"
    OTHER_FIREARM = "19", "Other firearm discharged"
    OTHER_WEAPON = "20", "Other weapon"
    EXPLOSIVE = "21", "Explosive"
    OTHER = "22", "Other force"
    ARMS_OR_HANDS = "ARMS_OR_HANDS", "Arms or hands"
    ARM_BAR = "ARM_BAR", "Arm bar"
    FIST_STRIKE = "FIST_STRIKE", "Strike with the fist"
    LEG_STRIKE = "LEG_STRIKE", "Kick, or strike with the leg or knee"
    HEAD_STRIKE = "HEAD_STRIKE", "Strike with the head"
    CHOKEHOLD = "CHOKEHOLD", "Chokehold"
    CAROTID_RESTRAINT = "CAROTID_RESTRAINT", "Carotid artery restraint"
    KNEELING_ON_TORSO = "KNEELING_ON_TORSO", "Kneeling on chest or back"
    STRUCK = "STRUCK", "Struck, the means not stated"
    IMPACT_WEAPON_HOLD = "IMPACT_WEAPON_HOLD", "Compliance hold with an impact weapon, not a strike"
    HIGH_VOLUME_SPRAY = "HIGH_VOLUME_SPRAY", "High-volume pepper spray"
    CS_GAS = "CS_GAS", "CS gas"
    CANINE_BITE_APPREHENSION = "CANINE_BITE_APPREHENSION", "Canine bite in an apprehension"
    CANINE_BITE_SPONTANEOUS = "CANINE_BITE_SPONTANEOUS", "Spontaneous canine bite"
    CED_SPARK_DISPLAY = "CED_SPARK_DISPLAY", "Conducted energy device shown with a spark"
    LESS_LETHAL_DEVICE = "LESS_LETHAL_DEVICE", "Less-lethal device, its kind not stated"
    POINTED_FIREARM = "POINTED_FIREARM", "Firearm pointed at a person, not discharged"
    FIREARM_DISCHARGED = "FIREARM_DISCHARGED", "Firearm discharged at a person, its kind not stated"
    VEHICLE_STRIKE_INTENDED = "VEHICLE_STRIKE_INTENDED", "Vehicle used with intent to strike"
    PENDING = PENDING
    UNKNOWN = UNKNOWN


class ResistanceType(CodedEnum):
    """Resistance or weapon of a subject (New Jersey's list, then the FBI's weapons)."""

    NONE = "NONE", "No resistance"
    NON_RESPONSE = "NON_RESPONSE", "Consciously ignoring"
    VERBAL = "VERBAL", "Verbal resistance"
    PASSIVE = "PASSIVE", "Passive resistance"
    DEAD_WEIGHT = "DEAD_WEIGHT", "Going limp"
    TENSION = "TENSION", "Stiffening or tightening muscles"
    FLIGHT = "FLIGHT", "Attempt to flee or escape"
    ACTIVE = "ACTIVE", "Active resistance"
    AGGRESSIVE = "AGGRESSIVE", "Attempt to attack or harm"
    THREATENING_ASSAILANT = "THREATENING_ASSAILANT", "Threatening assailant"
    ACTIVE_ASSAILANT = "ACTIVE_ASSAILANT", "Active assailant"
    BARRICADING = "BARRICADING", "Barricading"
    HANDS_FISTS_FEET = "HANDS_FISTS_FEET", "Hands, fists or feet"
    FIREARM = "FIREARM", "Firearm displayed or used"
    EDGED_WEAPON = "EDGED_WEAPON", "Edged weapon"
    BLUNT_OBJECT = "BLUNT_OBJECT", "Blunt object"
    VEHICLE = "VEHICLE", "Vehicle"
    CED = "CED", "Conducted energy device used against an officer"
    CHEMICAL_AGENT = "CHEMICAL_AGENT", "Chemical agent"
    THROWN_OBJECT = "THROWN_OBJECT", "Thrown object"
    OTHER_WEAPON = "OTHER_WEAPON", "Other weapon"
    OTHER = "OTHER", "Other resistance"
    PENDING = PENDING
    UNKNOWN = UNKNOWN


class InjuryType(CodedEnum):
    """Injury of a subject or an officer (NIBRS codes, whose U is unconsciousness; then New Jersey's finer list)."""

    NONE = "N", "No injury"
    BROKEN_BONES = "B", "Apparent broken bones"
    INTERNAL = "I", "Possible internal injury"
    SEVERE_LACERATION = "L", "Severe laceration"
    MINOR = "M", "Apparent minor injury"
    OTHER_MAJOR = "O", "Other major injury"
    LOSS_OF_TEETH = "T", "Loss of teeth"
    UNCONSCIOUSNESS = "U", "Unconsciousness"
    GUNSHOT_WOUND = "GUNSHOT_WOUND", "Gunshot wound"
    DEATH = "DEATH", "Death"
    ABRASION_OR_PUNCTURE = "ABRASION_OR_PUNCTURE", "Abrasion, laceration or puncture"
    CHEST_PAIN = "CHEST_PAIN", "Chest pain or shortness of breath"
    COMPLAINT_OF_PAIN = "COMPLAINT_OF_PAIN", "Complaint of pain"
    CONCUSSION = "CONCUSSION", "Concussion"
    CONTUSION = "CONTUSION", "Contusion or bruise"
    FRACTURE_OR_DISLOCATION = "FRACTURE_OR_DISLOCATION", "Fracture or dislocation"
    OTHER = "OTHER", "Other injury"
    PENDING = PENDING
    UNKNOWN = "UNKNOWN", "Unknown and unlikely ever to be known"


class MedicalTreatment(CodedEnum):
    """Where or how an injured person was treated."""

    NONE = "NONE", "No treatment"
    FIRST_AID = "FIRST_AID", "First aid by an officer"
    EMS_ON_SCENE = "EMS_ON_SCENE", "Emergency medical service on the scene"
    URGENT_CARE = "URGENT_CARE", "Urgent care"
    HOSPITAL = "HOSPITAL", "Hospital"
    MENTAL_HEALTH_FACILITY = "MENTAL_HEALTH_FACILITY", "Mental health facility"
    REFUSED = "REFUSED", "Offered and refused"
    OTHER = "OTHER", "Other treatment"
    PENDING = PENDING
    UNKNOWN = UNKNOWN


class ImpairmentType(CodedEnum):
    """Apparent impairment of a subject (Ohio OIBRS codes)."""

    NONE = "NONE", "No apparent impairment"
    ALCOHOL = "A", "Alcohol"
    DRUG = "D", "Drug"
    MENTAL_HEALTH = "M", "Mental health condition"
    UNDER_INFLUENCE = "UNDER_INFLUENCE", "Under the influence, of what is not stated"
    OTHER = "OTHER", "Other impairment"
    PENDING = PENDING
    UNKNOWN = UNKNOWN


class ThreatDirection(CodedEnum):
    """Whom the subject was believed to threaten (Ohio OIBRS codes)."""

    NONE = "NONE", "Nobody"
    OFFICER = "L", "A law enforcement officer"
    ANOTHER = "A", "Another person"
    BOTH = "BOTH", "An officer and another person"
    SELF = "SELF", "The subject"
    OTHER = "OTHER", "Another answer"
    PENDING = PENDING
    UNKNOWN = UNKNOWN
