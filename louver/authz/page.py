"""The matrix as a page that people read: `docs/access-matrix.md`."""

from collections.abc import Iterable, Sequence
from itertools import chain

from louver.authz.duties import Duty
from louver.authz.matrix import FieldGroup
from louver.authz.reach import TypeReach, Widening
from louver.authz.vocabulary import ROLE_COLUMNS, Mask

_INTRODUCTION = """\
# Who sees what

Made by `louver policy matrix --markdown` from `louver/authz/matrix.csv`, `reach.csv`, `widenings.csv` and
`duties.csv`. This is what holds in an agency that has changed nothing.

**V** visible, **M** masked, **A** inside aggregates only (small groups suppressed), **O** visible on the caller's own
rows, **D** denied. A field that is not listed is denied to everyone. `=` names what stands in for a masked value; a
masked field without one is withheld, null on every row.

Rows: what a role reaches of the type at all. `agency` all of it, `unit` own units and those below, `own` rows about
oneself, `chain` who commands the own unit or one above, `closed` closed incidents, `published` closed and approved for
publication, `sworn` sworn officers and, of their trainings, those within the cycle that the agency granted;
`aggregate:` counts these rows and reads none; `-` nothing.
"""


def render_page(groups: Sequence[FieldGroup], types: Sequence[TypeReach], duties: Sequence[Duty] = ()) -> str:
    """Render the whole page as Markdown."""
    roles = _render_table(("column", "role"), ((column, f"`{role}`") for column, role in ROLE_COLUMNS.items()))
    sections = (_render_type(reach, [g for g in groups if g.type_name == reach.type_name]) for reach in types)
    return "\n".join((_INTRODUCTION, *roles, *chain.from_iterable(sections), *_render_duties(duties), ""))


def _render_type(reach: TypeReach, groups: Sequence[FieldGroup]) -> list[str]:
    module = f" Needs the module {reach.module}." if reach.module else ""
    heading = ("fields", "class", *ROLE_COLUMNS, "why")
    rows = ("*rows*", "", *map(str, reach.cells.values()), reach.reason)
    cells = ((_render_fields(g), g.classification, *g.letters.values(), g.reason) for g in groups)
    return [
        "",
        f"## {reach.type_name}",
        "",
        f"Domain {reach.domain}.{module}",
        "",
        *_render_table(heading, (rows, *cells)),
        *chain.from_iterable(_render_widening(each) for each in reach.widenings),
    ]


def _render_widening(widening: Widening) -> list[str]:
    names = ", ".join(f"`{name}`" for name in widening.names)
    return ["", f"Besides, `{widening.role}` sees {names} on the rows `{widening.rows}`: {widening.reason}."]


def _render_duties(duties: Sequence[Duty]) -> list[str]:
    heading = ("object", "read by", "changed by", "why")
    rows = (
        (f"`{duty.administered}`", _render_roles(duty.viewers), _render_roles(duty.holders), duty.reason)
        for duty in duties
    )
    return ["", "## Administration", "", *_render_table(heading, rows)] if duties else []


def _render_roles(roles: Iterable[str]) -> str:
    return ", ".join(f"`{role}`" for role in roles) or "nobody"


def _render_fields(group: FieldGroup) -> str:
    fields = (
        coordinate.partition(".")[2] + ("" if mask is Mask.WITHHELD else f"={mask}")
        for coordinate, mask in group.masks.items()
    )
    return f"{', '.join(f'`{field}`' for field in fields)} ({group.name})"


def _render_table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (heading, ["---"] * len(heading), *rows)]
