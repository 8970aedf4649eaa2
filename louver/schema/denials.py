"""Denials as a caller is told them: instead of an answer, or beside it."""

from collections.abc import Iterable
from typing import Any

from louver.authz.vocabulary import DeniedMode
from louver.errors import FieldDeniedError
from louver.resolvers.filters import Refusal
from louver.resolvers.notes import Denial, Notes, code_of


def refuse_denied(missing: Iterable[Refusal | Denial]) -> FieldDeniedError:
    """Refuse an operation for all that its caller may not see of it, at once; referring is viewing."""
    found = {each.coordinate: each.reason for each in missing}
    error = FieldDeniedError(
        f"The operation asks for what you may not see: {', '.join(found)}.",
        hint="leave these out, or ask your agency's administrator for access",
        denials=[
            {"coordinate": coordinate, "reason": reason, "code": code_of(reason)}
            for coordinate, reason in found.items()
        ],
        coordinates=list(found),
    )
    error.details["code"] = code_of(next(iter(found.values())))
    return error


def list_denial_errors(notes: Notes, mode: DeniedMode) -> list[dict[str, Any]]:
    """Spell the denials that stand beside an answer."""
    if mode in (DeniedMode.EXTENSIONS, DeniedMode.HIDE):
        return []
    return [
        {
            "message": f"You may not see {denial.coordinate}.",
            "path": list(denial.path),
            "extensions": {
                "code": code_of(denial.reason),
                "coordinate": denial.coordinate,
                "reason": denial.reason,
            },
        }
        for denial in notes.denials
    ]
