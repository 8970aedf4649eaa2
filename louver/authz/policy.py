"""Default policy: the lines that matrix, reach (widened) and duties amount to, and the ceilings above them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from louver.authz.duties import ADMINISTRATION, Administered, Duty
from louver.authz.lines import EVERYWHERE, PolicyLine
from louver.authz.matrix import FieldGroup
from louver.authz.reach import Reach, TypeReach
from louver.authz.vocabulary import Act, Effect, Letter, Role, Rows
from louver.errors import MisconfiguredError

_HEADER = (
    "# Made by `louver policy build` from matrix.csv, reach.csv, widenings.csv and duties.csv; "
    "change those and build again.\n"
)
_PERSONAL_TYPES = ("Officer", "Training", "UofIncident", "UofInvolvement", "UofSubject")

CEILINGS: tuple[PolicyLine, ...] = (
    *(
        PolicyLine(Role.PUBLIC_PORTAL, EVERYWHERE, f"{type_name}.*", act, Rows.AGENCY, Effect.DENY)
        for type_name in _PERSONAL_TYPES
        for act in (Act.VIEW, Act.VIEW_MASKED)
    ),
    PolicyLine(Role.SUPPORT, EVERYWHERE, "*", Act.ENTER, Rows.AGENCY, Effect.DENY),
    PolicyLine(Role.SUPPORT, EVERYWHERE, "*", Act.EXPORT, Rows.AGENCY, Effect.DENY),
    PolicyLine(Role.PARTNER, EVERYWHERE, "*", Act.ENTER, Rows.AGENCY, Effect.DENY),
    *(
        PolicyLine(role, EVERYWHERE, ADMINISTRATION, Act.ENTER, Rows.AGENCY, Effect.DENY)
        for role in (Role.PUBLIC_PORTAL, Role.SUPPORT, Role.PARTNER)
    ),
    *(
        PolicyLine(role, EVERYWHERE, duty, Act.VIEW, Rows.AGENCY, Effect.DENY)
        for role in (Role.PUBLIC_PORTAL, Role.SUPPORT)
        for duty in (Administered.AUDIT_EVENT, Administered.AUDIT_ACTOR, Administered.AUDIT_REVIEW)
    ),
)
"""What no agency can grant: rows about people to the public, writing to support and partners, exports to support,
the administration of access to any of the three, and the log of accesses to support and the public."""


def build_policy(
    groups: Sequence[FieldGroup], types: Sequence[TypeReach], duties: Sequence[Duty] = ()
) -> tuple[PolicyLine, ...]:
    """Derive the default policy, in a fixed order: type by type, its groups, role by role; duties; the ceilings.

    Raises:
        MisconfiguredError: matrix and reach contradict each other.
    """
    strays = {group.type_name for group in groups} - {each.type_name for each in types}
    if strays:
        raise MisconfiguredError(f"reach.csv has no line for {', '.join(sorted(strays))}")
    records = chain.from_iterable(_list_type_lines(each, groups) for each in types)
    return tuple(chain(records, chain.from_iterable(map(_list_duty_lines, duties)), CEILINGS))


def as_csv(lines: Iterable[PolicyLine]) -> str:
    """Render the policy file."""
    return _HEADER + "".join(f"{line}\n" for line in lines)


def _list_type_lines(reach: TypeReach, groups: Sequence[FieldGroup]) -> Iterator[PolicyLine]:
    own_groups = [group for group in groups if group.type_name == reach.type_name]
    for role, cell in reach.cells.items():
        _require_use(reach.type_name, role, cell, {group.letters[role] for group in own_groups})
        if cell.view:
            yield _allow(role, reach.type_name, Act.VIEW, cell.view)
        elif cell.aggregate:
            yield _allow(role, reach.type_name, Act.VIEW_AGGREGATE, cell.aggregate)
    for group in own_groups:
        for role, letter in group.letters.items():
            if letter is not Letter.DENIED:
                yield _as_line(group.name, role, letter, reach.cells[role])
    for widening in reach.widenings:
        for name in (reach.type_name, *widening.names):
            yield _allow(widening.role, name, Act.VIEW, widening.rows)


def _list_duty_lines(duty: Duty) -> Iterator[PolicyLine]:
    for act, roles in ((Act.VIEW, duty.viewers), (Act.ENTER, duty.holders)):
        for role in roles:
            yield _allow(role, duty.administered, act, Rows.AGENCY)


def _as_line(group_name: str, role: Role, letter: Letter, cell: Reach) -> PolicyLine:
    act, rows = {
        Letter.VISIBLE: (Act.VIEW, cell.view),
        Letter.MASKED: (Act.VIEW_MASKED, cell.view),
        Letter.OWN: (Act.VIEW, cell.view and Rows.OWN),
        Letter.AGGREGATE: (Act.VIEW_AGGREGATE, cell.aggregate),
    }[letter]
    if rows is None:
        raise MisconfiguredError(
            f"{group_name}: {role} has {letter} in matrix.csv but reaches no such row in reach.csv"
        )
    return _allow(role, group_name, act, rows)


def _require_use(type_name: str, role: Role, cell: Reach, letters: set[Letter]) -> None:
    # Leak: rows that show no field still tell how many there are, so nobody reaches a type without a field to see.
    if cell.view and not letters & {Letter.VISIBLE, Letter.MASKED, Letter.OWN}:
        raise MisconfiguredError(f"reach.csv: {role} reaches {type_name} but sees no field of it")


def _allow(role: Role, obj: str, act: Act, rows: Rows) -> PolicyLine:
    return PolicyLine(role, EVERYWHERE, obj, act, rows, Effect.ALLOW)
