"""The course catalogue of every invented agency: each category once, the largest twice."""

from dataclasses import dataclass

from louver.db.codes import CourseCategory as Category


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A course: how long it is, how its certificate lasts, whether everyone takes it yearly and is examined."""

    code: str
    title: str
    category: Category
    hours_hundredths: int
    valid_months: int | None = None
    is_yearly: bool = False
    is_examined: bool = False
    is_for_civilians: bool = False


COURSES = (
    CoursePlan("FA-101", "Firearms Qualification", Category.FIREARMS, 400, 12, is_yearly=True, is_examined=True),
    CoursePlan("FA-205", "Low-Light Shooting", Category.FIREARMS, 600, is_examined=True),
    CoursePlan(
        "UF-110", "Use of Force: Law and Policy", Category.USE_OF_FORCE, 400, 12, is_yearly=True, is_examined=True
    ),
    CoursePlan("DE-120", "De-escalation in Practice", Category.DE_ESCALATION, 800, is_yearly=True),
    CoursePlan("EV-130", "Emergency Vehicle Operation and Pursuit", Category.EVOC, 800, 60, is_examined=True),
    CoursePlan("LU-140", "Legal Update", Category.LEGAL_UPDATE, 200, is_yearly=True, is_for_civilians=True),
    CoursePlan("CI-150", "Crisis Intervention and Mental Illness", Category.CRISIS_MENTAL_HEALTH, 600),
    CoursePlan("AU-155", "Contacts with Persons with Autism", Category.AUTISM, 400),
    CoursePlan("CM-160", "Conflict Management and Mediation", Category.CONFLICT_MEDIATION, 150),
    CoursePlan("DB-165", "Community Diversity and Implicit Bias", Category.DIVERSITY_BIAS, 100, is_for_civilians=True),
    CoursePlan("BC-170", "Recognizing Crimes Motivated by Bias", Category.BIAS_CRIME, 100),
    CoursePlan("OW-175", "Officer Wellness", Category.OFFICER_WELLNESS, 125, is_for_civilians=True),
    CoursePlan(
        "FC-180", "First Aid, CPR and AED", Category.FIRST_AID_CPR, 450, 24, is_examined=True, is_for_civilians=True
    ),
    CoursePlan("CE-185", "Conducted Energy Weapon User", Category.CEW, 300, 12, is_yearly=True, is_examined=True),
    CoursePlan("DT-190", "Defensive Tactics", Category.DEFENSIVE_TACTICS, 800, is_yearly=True, is_examined=True),
    CoursePlan("ET-200", "Ethics in Public Service", Category.ETHICS, 200, is_for_civilians=True),
    CoursePlan("DV-210", "Domestic Violence Response", Category.DOMESTIC_VIOLENCE, 200),
    CoursePlan("AS-220", "Active Shooter Response", Category.ACTIVE_SHOOTER, 800),
    CoursePlan("IN-230", "Interview and Interrogation", Category.INVESTIGATIONS, 1600),
    CoursePlan("IN-235", "Digital Evidence Basics", Category.INVESTIGATIONS, 372),
    CoursePlan("SV-240", "First-Line Supervision", Category.SUPERVISION, 4000),
    CoursePlan("HZ-250", "Hazardous Materials Awareness", Category.HAZMAT_OSHA, 72, 12, is_for_civilians=True),
    CoursePlan("AD-260", "Records System for Users", Category.ADMIN_SYSTEMS, 25, is_for_civilians=True),
    CoursePlan("EL-270", "Report Writing", Category.ELECTIVE, 350, is_for_civilians=True),
)
