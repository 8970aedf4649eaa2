"""Shipped files: matrix, reach and the default policy, as they stand beside this module."""

from functools import cache
from pathlib import Path

from louver.authz import lines, matrix, reach
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
    """Read `reach.csv`."""
    return reach.from_csv((FOLDER / "reach.csv").read_text(encoding="utf-8"))


@cache
def read_coordinates() -> Coordinates:
    """Collect the coordinates of both."""
    return Coordinates(read_matrix(), read_reach())


@cache
def read_policy() -> tuple[lines.PolicyLine, ...]:
    """Read `policy.csv`."""
    return lines.from_csv(POLICY_PATH.read_text(encoding="utf-8"))
