"""Policy lines: how one is written, read and checked."""

import csv
from collections.abc import Iterable
from typing import NamedTuple, Self
from uuid import UUID

from louver.authz.vocabulary import POLICY_ROWS, Act, Effect, Role, Rows

EVERYWHERE = "*"
"""The domain of lines that hold in every agency."""


class PolicyLine(NamedTuple):
    """One line: role `sub` in agency `dom` may, or may not, do `act` to `obj` on `rows`.

    `obj` is a coordinate, a type, a field group, `Type.*`, or `*`. A deny holds whatever the rows, and says so.
    """

    sub: str
    dom: str
    obj: str
    act: str
    rows: str
    eft: str

    @classmethod
    def for_agency(cls, agency_id: UUID, *, sub: str, obj: str, act: str, rows: str, eft: str) -> Self:
        """Make a line of one agency's overlay."""
        return cls(sub, as_domain(agency_id), obj, act, rows, eft)

    def __str__(self) -> str:
        return ", ".join(("p", *self))

    @property
    def is_deny(self) -> bool:
        """Whether the line forbids."""
        return self.eft == Effect.DENY


def as_domain(agency_id: UUID) -> str:
    """Render an agency's id as policy lines name it."""
    return agency_id.hex


def from_csv(text: str) -> tuple[PolicyLine, ...]:
    """Parse a policy file; `#` begins a comment line."""
    rows = csv.reader((line for line in text.splitlines() if line and not line.startswith("#")), skipinitialspace=True)
    return tuple(PolicyLine(*cells[1:]) for cells in rows)


def list_faults(lines: Iterable[PolicyLine], known_objects: frozenset[str]) -> list[str]:
    """List what is wrong with the lines, one sentence each; empty when they may be loaded."""
    return [f"{line}: {fault}" for line in lines for fault in _list_line_faults(line, known_objects)]


def _list_line_faults(line: PolicyLine, known_objects: frozenset[str]) -> list[str]:
    faults = []
    if not line.sub.strip() or not line.dom.strip():
        faults.append("the role or the agency is empty")
    if line.obj not in known_objects:
        faults.append(f"nothing is called {line.obj!r}")
    faults += [
        f"{value!r} is not one of {', '.join(kind)}"
        for value, kind in ((line.act, Act), (line.rows, POLICY_ROWS), (line.eft, Effect))
        if value not in set(kind)
    ]
    # Leak: a deny on some rows only would leave the same rows open under another scope that contains them.
    if line.is_deny and line.rows != Rows.AGENCY:
        faults.append(f"a deny holds on all rows: write {Rows.AGENCY}")
    # Leak: `partner` is carried beside a template role, so a grant to it would reach every partner of the agency.
    if line.sub == Role.PARTNER and not line.is_deny:
        faults.append(f"{Role.PARTNER} marks keys and grants nothing: grant to the template role")
    return faults
