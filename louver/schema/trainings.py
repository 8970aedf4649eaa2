"""Courses and training records."""

from louver.db.trainings import CourseRow, TrainingRow
from louver.resolvers.catalogue import Kind, Measure
from louver.resolvers.scopes import NONE_BUT_AGENCY
from louver.resolvers.trainings import SCOPES, hours, hours_earned, hours_earned_hundredths, hours_hundredths
from louver.schema.declarations import column, derived, entity, grouping, to_many, to_one

HUNDREDTHS = 100


@entity(CourseRow, plural="courses", label="title", scopes=NONE_BUT_AGENCY)
class Course:
    """A course in an agency's catalogue."""

    code = column(CourseRow.code, "Code in the agency's catalogue.")
    post_course_no = column(CourseRow.post_course_no, "Course number at the state's POST board.")
    title = column(CourseRow.title, "Title.")
    category = column(CourseRow.category, "What it trains.")
    hours = derived(Kind.FLOAT, hours, "Clock hours.", measure=Measure(hours_hundredths, HUNDREDTHS))
    sponsor = column(CourseRow.sponsor, "Who sponsors it.", is_grouped=True)
    approval_expires_on = column(CourseRow.approval_expires_on, "Last day of the board's approval.")
    agency = to_one("Agency", "agency_id", "The agency.")
    trainings = to_many("Training", "course_id", "Records of this course.", inputs=["Training.course"])


@entity(TrainingRow, plural="trainings", scopes=SCOPES, subjects={"officer": "officer_id"})
class Training:
    """One officer's record of one course."""

    completed_on = column(TrainingRow.completed_on, "Day of completion.")
    hours = derived(Kind.FLOAT, hours, "Clock hours.", measure=Measure(hours_hundredths, HUNDREDTHS))
    hours_earned = derived(
        Kind.FLOAT,
        hours_earned,
        "Hours that count: those of a record that was passed, instructed or completed, else 0.",
        inputs=["Training.hours", "Training.status"],
        measure=Measure(hours_earned_hundredths, HUNDREDTHS),
    )
    status = column(TrainingRow.status, "What came of it.")
    category = column(TrainingRow.category, "What it trained.")
    score = column(TrainingRow.score, "Score of the examination.")
    passed = column(TrainingRow.passed, "Whether the examination was passed.")
    attempts = column(TrainingRow.attempts, "Attempts at the examination.")
    instructor = column(TrainingRow.instructor, "Who taught.")
    provider = column(TrainingRow.provider, "Who provided it.", is_grouped=True)
    location = column(TrainingRow.location, "Where it took place.", is_grouped=True)
    notes = column(TrainingRow.notes, "Remarks.")
    verified_by = column(TrainingRow.verified_by, "Who verified the record.")
    source = column(TrainingRow.source, "Where the record comes from.", is_grouped=True)
    import_batch = column(TrainingRow.import_batch, "The import that brought it.")
    certificate_number = column(TrainingRow.certificate_number, "Number of the certificate.")
    certificate_issuer = column(TrainingRow.certificate_issuer, "Who issued the certificate.")
    certificate_issued_on = column(TrainingRow.certificate_issued_on, "Day of issue.")
    certificate_expires_on = column(TrainingRow.certificate_expires_on, "Last day of the certificate.")
    course = to_one("Course", "course_id", "The course.", is_classified=True)
    officer = to_one("Officer", "officer_id", "Whose record it is.")
    agency = to_one("Agency", "agency_id", "The agency.")
    unit = grouping("Unit of the officer.", "officer", "unit")
    rank = grouping("Rank of the officer.", "officer", "rank")
