"""Masks at their edges: what stands in for a value tells neither its length nor its form, on both engines alike."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from sqlalchemy import Date, Double, bindparam, select

from louver.authz.shipped import read_matrix
from louver.authz.vocabulary import Mask
from louver.db.codes import EmploymentStatus
from louver.db.reader import open_reader
from louver.db.types import Code, Instant, Text
from louver.resolvers.catalogue import Column, Kind
from louver.resolvers.dialects import PostgresSpeech, SqliteSpeech
from louver.resolvers.masks import mask_expression
from louver.resolvers.rendering import render_source
from louver.resolvers.statements import Statement

CASES: dict[str, tuple[Mask, Kind, Any, list[tuple[Any, Any]]]] = {
    "initial": (
        Mask.INITIAL,
        Kind.TEXT,
        Text,
        [
            ("Anna", "A."),
            ("Bartholomew-Featherstonehaugh", "B."),
            ("O", "O."),
            ("", None),
            ("   ", None),
            ("  Émile", "É."),
            ("Émile", "É."),
            ("E\u0301mile", "E."),
            ("ß", "ß."),
            ("名前", "名."),
            ("😀x", "😀."),
            ("'; --", "'."),
            ("%", "%."),
            (None, None),
        ],
    ),
    "last two": (
        Mask.LAST_TWO,
        Kind.TEXT,
        Text,
        [
            ("", "••"),
            ("7", "••"),
            ("42", "••"),
            ("317", "••"),
            ("4711", "••11"),
            ("20458", "••58"),
            ("123456789012345678901234567890", "••90"),
            ("AB-9001", "••01"),
            ("名名名名", "••名名"),
            ("é1é2", "••é2"),
            (None, None),
        ],
    ),
    "on file": (
        Mask.ON_FILE,
        Kind.TEXT,
        Text,
        [("x", "on file"), ("a" * 5000, "on file"), ("名", "on file"), ("", None), ("  ", None), (None, None)],
    ),
    "year": (
        Mask.YEAR,
        Kind.DATE,
        Date(),
        [
            (date(2024, 2, 29), "2024-01-01"),
            (date(1999, 12, 31), "1999-01-01"),
            (date(2000, 1, 1), "2000-01-01"),
            (date(987, 6, 5), "0987-01-01"),
            (None, None),
        ],
    ),
    "month": (
        Mask.MONTH,
        Kind.INSTANT,
        Instant(),
        [
            (datetime(2026, 3, 31, 23, 59, 59, 999999, tzinfo=UTC), "2026-03-01T00:00:00Z"),
            (datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01T00:00:00Z"),
            (datetime(1969, 12, 31, 12, tzinfo=UTC), "1969-12-01T00:00:00Z"),
            (None, None),
        ],
    ),
    "block": (
        Mask.BLOCK,
        Kind.FLOAT,
        Double(),
        [
            (44.97997, 44.98),
            (-93.26384, -93.26),
            (40.125, 40.13),
            (-40.125, -40.13),
            (40.375, 40.38),
            (0.0, 0.0),
            (-0.004, 0.0),
            (89.99999, 90.0),
            (-179.995, -180.0),
            (None, None),
        ],
    ),
    "active flag": (
        Mask.ACTIVE_FLAG,
        Kind.CODE,
        Code(EmploymentStatus),
        [
            (EmploymentStatus.ACTIVE, "ACTIVE"),
            (EmploymentStatus.LEAVE, "ACTIVE"),
            (EmploymentStatus.RETIRED, "SEPARATED"),
            (EmploymentStatus.UNKNOWN, "UNKNOWN"),
            (None, None),
        ],
    ),
    "domain part": (
        Mask.DOMAIN_PART,
        Kind.TEXT,
        Text,
        [("a@pd.example", "pd.example"), ("a@b@c", "b@c"), ("a@", None), ("nothing", None), ("", None), (None, None)],
    ),
}


@pytest.fixture
async def mask(world_url) -> Any:
    """What a value looks like under a mask, worked out by the database and rendered as in an answer."""
    reader = open_reader(world_url, size=1)
    speech = PostgresSpeech() if reader.dialect == "postgresql" else SqliteSpeech()

    async def look(how: Mask, kind: Kind, column_type: Any, value: Any) -> Any:
        codes = getattr(column_type, "enum", None)
        column = Column("field", "", kind, lambda row: row, codes=codes)
        expression = mask_expression(how, bindparam("value", type_=column_type), column, speech)
        rows = await Statement(select(expression.label("v0")), speech).run(reader, {"value": value})
        namespace: dict[str, Any] = {}
        entity: Any = SimpleNamespace(prefix="x")
        source = render_source(column, entity, 0, reader.dialect, namespace)
        render: Callable[[Any], Any] = eval(f"lambda r: {source}", namespace)
        return orjson.loads(orjson.dumps(render(rows[0]), option=orjson.OPT_UTC_Z))

    yield look
    await reader.close()


@pytest.mark.parametrize("name", CASES)
async def test_values(mask, name):
    """Each value has the stand-in that is written down here, and null has none."""
    how, kind, column_type, cases = CASES[name]
    assert [(value, await mask(how, kind, column_type, value)) for value, _ in cases] == cases


@pytest.mark.parametrize(("name", "lengths"), [("initial", {2}), ("last two", {2, 4}), ("on file", {7})])
def test_lengths(name, lengths):
    """A stand-in has a fixed length, whatever the value's; of a short number no digit is left, and that is one more."""
    assert {len(shown) for _, shown in CASES[name][3] if shown is not None} == lengths


def test_every_mask_is_tried():
    """No mask of the matrix is left out; the one that shows nothing has nothing to try."""
    used = {mask for group in read_matrix() for mask in group.masks.values()}
    assert used - {Mask.WITHHELD} <= {how for how, *_ in CASES.values()}
