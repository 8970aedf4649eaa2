"""Officers and staff."""

from louver.db.officers import OfficerRow
from louver.resolvers.catalogue import Guard
from louver.resolvers.officers import SCOPES, is_undercover
from louver.schema.declarations import column, entity, to_many, to_one

UNDERCOVER = Guard("Officer.undercoverName", is_undercover)
"""Whoever may not know who is undercover sees no name of theirs either."""


@entity(OfficerRow, plural="officers", scopes=SCOPES, subjects={"officer": "id"})
class Officer:
    """A sworn or civilian member of an agency."""

    first_name = column(OfficerRow.first_name, "Given name.", guard=UNDERCOVER)
    last_name = column(OfficerRow.last_name, "Family name.", guard=UNDERCOVER)
    title = column(OfficerRow.title, "Working title.", is_grouped=True)
    rank = column(OfficerRow.rank, "Rank.", is_grouped=True)
    is_sworn = column(OfficerRow.is_sworn, "Whether a sworn peace officer.")
    badge_number = column(OfficerRow.badge_number, "Number on the badge.")
    employee_id = column(OfficerRow.employee_id, "Employee number; never a social security number.")
    post_license_no = column(OfficerRow.post_license_no, "Number of the licence from the state's POST board.")
    license_status = column(OfficerRow.license_status, "State of the licence.")
    license_expires_on = column(OfficerRow.license_expires_on, "Last day of the licence.")
    training_profile = column(OfficerRow.training_profile, "Profile that sets what training is due.", is_grouped=True)
    assignment = column(OfficerRow.assignment, "Present assignment.", is_grouped=True)
    hire_date = column(OfficerRow.hire_date, "First day of employment.")
    separation_date = column(OfficerRow.separation_date, "Last day of employment.")
    employment_status = column(OfficerRow.employment_status, "State of employment.")
    work_email = column(OfficerRow.work_email, "E-mail address at work.", guard=UNDERCOVER)
    work_phone = column(OfficerRow.work_phone, "Telephone number at work.")
    race_ethnicity = column(OfficerRow.race_ethnicity, "Race and ethnicity.")
    sex = column(OfficerRow.sex, "Sex.")
    is_undercover = column(OfficerRow.is_undercover, "Whether assigned undercover.")
    unit = to_one("Unit", "unit_id", "The unit.", is_classified=True)
    agency = to_one("Agency", "agency_id", "The agency.")
    trainings = to_many("Training", "officer_id", "Training records.")
    involvements = to_many(
        "UofInvolvement", "officer_id", "Parts in use-of-force incidents.", inputs=["UofInvolvement.officer"]
    )
