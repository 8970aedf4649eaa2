"""The three invented agencies. Their towns exist nowhere; their domains and telephone numbers can belong to nobody."""

from louver.db.codes import Module
from louver.db.demo.plans import AgencyPlan, Staff, UnitPlan


def _shifts(district: str, weight: int, led_by: str) -> tuple[UnitPlan, ...]:
    names = ("Day Shift", "Evening Shift", "Night Shift")
    return tuple(UnitPlan(f"{district} {name}".strip(), led_by, weight, Staff.PATROL) for name in names)


def _districts(*names: str) -> tuple[UnitPlan, ...]:
    return tuple(
        UnitPlan(f"{name} District", "Lieutenant", 4, Staff.COMMAND, _shifts(name, 50, "Sergeant")) for name in names
    )


LARGE = AgencyPlan(
    name="Larkspur Falls Police Department",
    ori="MNLKF0000",
    state="MN",
    timezone="America/Chicago",
    domain="larkspurfalls.example",
    area_code="218",
    centre=(46.31, -94.62),
    modules=(Module.TRAINING, Module.UOF),
    officers=900,
    trainings_per_year=12,
    incidents=600,
    units=UnitPlan(
        "Office of the Chief",
        "Chief of Police",
        5,
        Staff.COMMAND,
        (
            UnitPlan(
                "Patrol Bureau", "Deputy Chief", 5, Staff.COMMAND, _districts("Harbor", "Mill", "North", "Orchard")
            ),
            UnitPlan(
                "Investigations Bureau",
                "Captain",
                4,
                Staff.COMMAND,
                (
                    UnitPlan("Major Crimes", "Lieutenant", 30, Staff.DETECTIVES),
                    UnitPlan("Narcotics", "Lieutenant", 22, Staff.UNDERCOVER),
                    UnitPlan("Property Crimes", "Lieutenant", 36, Staff.DETECTIVES),
                    UnitPlan("Special Victims", "Sergeant", 22, Staff.DETECTIVES),
                ),
            ),
            UnitPlan(
                "Special Operations Bureau",
                "Captain",
                4,
                Staff.COMMAND,
                (
                    UnitPlan("Canine", "Sergeant", 11, Staff.PATROL),
                    UnitPlan("School Resource", "Sergeant", 18, Staff.SCHOOLS),
                    UnitPlan("Tactical Response", "Lieutenant", 20, Staff.PATROL),
                    UnitPlan("Traffic", "Lieutenant", 32, Staff.PATROL),
                ),
            ),
            UnitPlan(
                "Professional Standards Bureau",
                "Captain",
                3,
                Staff.COMMAND,
                (
                    UnitPlan("Internal Affairs", "Lieutenant", 8, Staff.DETECTIVES),
                    UnitPlan("Training", "Lieutenant", 12, Staff.PATROL),
                ),
            ),
            UnitPlan(
                "Support Services Bureau",
                "Captain",
                4,
                Staff.COMMAND,
                (
                    UnitPlan("Communications", "Communications Manager", 50, Staff.CIVILIANS),
                    UnitPlan("Property and Evidence", "Evidence Manager", 10, Staff.CIVILIANS),
                    UnitPlan("Records", "Records Manager", 28, Staff.CIVILIANS),
                ),
            ),
        ),
    ),
)

MIDDLE = AgencyPlan(
    name="Brindle Harbor Police Department",
    ori="ORBRH0000",
    state="OR",
    timezone="America/Los_Angeles",
    domain="brindleharbor.example",
    area_code="541",
    centre=(43.72, -123.18),
    modules=(Module.TRAINING,),
    officers=180,
    trainings_per_year=9,
    incidents=0,
    units=UnitPlan(
        "Office of the Chief",
        "Chief of Police",
        3,
        Staff.COMMAND,
        (
            UnitPlan("Patrol Division", "Captain", 3, Staff.COMMAND, _shifts("Patrol", 35, "Lieutenant")),
            UnitPlan("Investigations Division", "Captain", 28, Staff.DETECTIVES),
            UnitPlan("Services Division", "Services Manager", 26, Staff.CIVILIANS),
        ),
    ),
)

SMALL = AgencyPlan(
    name="Quillmoor Township Police Department",
    ori="NJQLM0000",
    state="NJ",
    timezone="America/New_York",
    domain="quillmoor.example",
    area_code="908",
    centre=(40.68, -74.93),
    modules=(Module.TRAINING, Module.UOF),
    officers=40,
    trainings_per_year=9,
    incidents=28,
    units=UnitPlan(
        "Office of the Chief",
        "Chief of Police",
        2,
        Staff.COMMAND,
        (
            UnitPlan("Patrol Division", "Lieutenant", 2, Staff.COMMAND, _shifts("Patrol", 8, "Sergeant")),
            UnitPlan("Detective Bureau", "Sergeant", 6, Staff.UNDERCOVER),
            UnitPlan("Records", "Records Manager", 4, Staff.CIVILIANS),
        ),
    ),
    cancelled_days_ago=30,
)

PLANS = (LARGE, MIDDLE, SMALL)
"""The demo agencies; the first is the one to look at."""
