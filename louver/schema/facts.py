"""The facts of what an operation read: for its access record, and what of them its answer tells."""

from typing import Any

from louver.authz.vocabulary import DeniedMode
from louver.resolvers.answer import AccessFacts
from louver.resolvers.notes import Notes
from louver.resolvers.run import Run


def fill_facts(facts: AccessFacts, notes: Notes, run: Run) -> None:
    """Add what a plan noted when it was built, and what was touched when it ran."""
    facts.returned = (*notes.seen, *facts.returned)
    facts.denied = (*dict.fromkeys(denial.coordinate for denial in notes.denials), *facts.denied)
    facts.masked = tuple(dict.fromkeys(restriction.coordinate for restriction in notes.restrictions))
    facts.suppressed = tuple(notes.suppressible)
    facts.officer_ids |= run.touched["officer"]
    facts.incident_ids |= run.touched["incident"]
    facts.rows += run.rows


def build_extensions(notes: Notes, mode: DeniedMode, run: Run) -> dict[str, Any]:
    """Tell what was masked, seen in part or left out, and in one mode what was denied."""
    access = [restriction.as_dict() for restriction in notes.restrictions]
    if mode is DeniedMode.EXTENSIONS:
        access += [denial.as_dict() for denial in notes.denials]
    access += [
        {"coordinate": coordinate, "access": "SUPPRESSED", "minimum": run.small_cell_minimum}
        for coordinate in notes.suppressible
    ]
    return {"access": access} if access else {}
