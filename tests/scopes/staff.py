"""An agency's staff with few of one kind, whom an attacker is after; and lines of its own policy."""

from louver.authz.lines import PolicyLine
from louver.db.codes import Sex
from tests.world.build import identify

MALE, FEMALE = Sex.MALE, Sex.FEMALE
STAFF = {
    "patrol": {MALE: 20, FEMALE: 1},
    "north": {MALE: 8, FEMALE: 7},
    "south": {MALE: 1, FEMALE: 9},
    "cid": {MALE: 3, FEMALE: 2},
    "fraud": {MALE: 12},
}
"""Officers by unit and sex: the single ones are whom an attacker is after."""


def overlay(*lines: tuple[str, str, str, str]) -> list[PolicyLine]:
    return [
        PolicyLine.for_agency(identify("cedar"), sub=sub, obj=obj, act=act, rows=rows, eft="allow")
        for sub, obj, act, rows in lines
    ]
