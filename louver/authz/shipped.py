"""Shipped files: matrix, reach, duties and the default policy, as they stand beside this module."""

from functools import cache
from pathlib import Path

from louver.authz import duties, lines, matrix, reach
from louver.authz.coordinates import Coordinates

FOLDER = Path(__file__).parent
MODEL_PATH = FOLDER / "model.conf"
MATRIX_PATH = FOLDER / "matrix.csv"
POLICY_PATH = FOLDER / "policy.csv"


@cache
def read_matrix() -> tuple[matrix.FieldGroup, ...]:
    """Read `matrix.csv`."""
    return matrix.from_csv(MATRIX_PATH.read_text(encoding="utf-8"))


@cache
def read_reach() -> tuple[reach.TypeReach, ...]:
    """Read `reach.csv`, with `widenings.csv`."""
    types = reach.from_csv((FOLDER / "reach.csv").read_text(encoding="utf-8"))
    return reach.widen(types, (FOLDER / "widenings.csv").read_text(encoding="utf-8"))


@cache
def read_duties() -> tuple[duties.Duty, ...]:
    """Read `duties.csv`."""
    return duties.from_csv((FOLDER / "duties.csv").read_text(encoding="utf-8"))


@cache
def read_coordinates() -> Coordinates:
    """Collect the coordinates of all three."""
    return Coordinates(read_matrix(), read_reach(), read_duties())


@cache
def read_policy() -> tuple[lines.PolicyLine, ...]:
    """Read `policy.csv`."""
    return lines.from_csv(POLICY_PATH.read_text(encoding="utf-8"))
