"""The first looks at a document: figures of what it multiplies to, found without multiplying it."""

from dataclasses import replace

import pytest
from graphql import parse

from louver.errors import LimitExceededError, MisconfiguredError
from louver.schema.limits import Limits, measure, require_small_variables, scan
from louver.schema.limits.limits import FIGURE_MAX
from louver.schema.limits.scan import NESTING_MAX
from louver.settings import Settings

LIMITS = Limits.from_settings(Settings())
WIDE = replace(LIMITS, **dict.fromkeys(("depth", "fields", "aliases", "root_fields", "directives"), FIGURE_MAX))


def bomb(levels: int) -> str:
    """A document whose selections double with each fragment."""
    fragments = " ".join(
        f"fragment F{n} on Unit {{ a: parent {{ ...F{n + 1} }} b: parent {{ ...F{n + 1} }} }}" for n in range(levels)
    )
    return f"{{ unit {{ ...F0 }} }} {fragments} fragment F{levels} on Unit {{ name }}"


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "one field": ("{ a }", {"depth": 1, "fields": 1, "root_fields": 1}),
        "levels": ("{ a { b { c } } d }", {"depth": 3, "fields": 4, "root_fields": 2}),
        "aliases": ("{ x: a { y: b z: b } }", {"aliases": 3}),
        "spread twice": (
            "{ a { ...F } b { ...F } } fragment F on T { x: c d }",
            {"fields": 6, "aliases": 2, "depth": 2},
        ),
        "spread at the root": ("{ ...F ... { c } } fragment F on Query { a b { c } }", {"root_fields": 3, "depth": 2}),
        "the worst operation": ("query A { a } query B { a { b } c }", {"depth": 2, "fields": 3, "root_fields": 2}),
        "fragments as written": ("{ ...F ... on T { a } } fragment F on T { ... { a } }", {"fragments": 4}),
        "directives": ("query @x { a @y ...F @z } fragment F on T @u { ... @v { a } }", {"directives": 5}),
        "lists": ("query ($v: [Int] = [1]) { a(x: [1, [2, 3]]) @d(y: [1]) b(z: {w: [1]}) }", {"list_items": 7}),
        "circle": ("{ ...A } fragment A on T { a { ...B } } fragment B on T { b { ...A } }", {"depth": 2, "fields": 2}),
        "missing fragment": ("{ ...A }", {"fields": 0}),
        "doubling": (bomb(10), {"fields": 1 + 2 * (2**10 - 1) + 2**10, "depth": 12}),
        "no end of doubling": (bomb(40), {"fields": FIGURE_MAX}),
    }.values(),
)
def test_figures(text, expected):
    """Figures are those of the spread selections, for the worst operation; what is only written is counted once."""
    figures = measure(parse(text), WIDE)
    assert {name: getattr(figures, name) for name in expected} == expected


def test_fragments_are_walked_once(monkeypatch):
    """The work grows with what is written and not with what it multiplies to."""
    steps = []
    monkeypatch.setattr("louver.schema.limits.walk._below", lambda node, below: steps.append(node) or below)
    measure(parse(bomb(40)), WIDE)
    assert len(steps) == 1 + 2 * 40 + 1


REFUSED = {
    "document": ("{ a }" + "#" * 200_000, 100_000, 200_005),
    "tokens": ("{" + " a" * 49_998 + " }", 4_000, 50_000),
    "nesting": ("{a" * 101 + "}" * 101, NESTING_MAX, 101),
    "nesting of values": ("{a(b:" + "[" * 1_000 + "]" * 1_000 + ")}", NESTING_MAX, 1_002),
    "depth": ("{a" * 21 + "}" * 21, 20, 21),
    "aliases": ("{ a {" + " ".join(f"x{n}: b" for n in range(201)) + "} }", 200, 201),
    "root fields": ("{" + " ".join(f"f{n}" for n in range(51)) + "}", 50, 51),
    "fields": ("{ a {" + " b" * 1_000 + "} }", 1_000, 1_001),
    "directives": ("{ a" + " @x" * 101 + " }", 100, 101),
    "fragments": ("{ a {" + " ... { b }" * 201 + "} }", 200, 201),
    "fragments defined": ("{ a }" + "".join(f" fragment F{n} on T {{ a }}" for n in range(201)), 200, 201),
    "list items": ("{ a(x: [" + "1 " * 2_001 + "]) }", 2_000, 2_001),
    "aliases of a bomb": (bomb(9), 200, 2 * (2**9 - 1)),
}
_NAMES = {
    "nesting of values": "nesting",
    "fragments defined": "fragments",
    "root fields": "root_fields",
    "list items": "list_items",
    "aliases of a bomb": "aliases",
}


def _look(text):
    scan(text, LIMITS)
    measure(parse(text), LIMITS)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    """Over each limit, the refusal names it, its maximum and the actual figure."""
    text, maximum, actual = REFUSED[name]
    with pytest.raises(LimitExceededError) as refusal:
        _look(text)
    assert refusal.value.details == {"limit": _NAMES.get(name, name), "maximum": maximum, "actual": actual}
    assert refusal.value.hint


@pytest.mark.parametrize(
    "text", ['{ a(x: "[[[{{{ # \\" ]") }', '{ a(x: """ " [[[ \\""" {{{ """) }', "{ a } # {[(", "{ a }"]
)
def test_scan_reads_tokens(text):
    """What stands in strings and comments is no token and no bracket."""
    assert scan(text, replace(LIMITS, tokens=8)) <= 8


@pytest.mark.parametrize(
    ("variables", "limit", "actual"),
    [
        ({"a": [0] * 1_500, "b": {"c": [0] * 501}}, "list_items", 2_001),
        ({"a": [[0] * 50] * 50}, "list_items", 2_550),
    ],
)
def test_variables(variables, limit, actual):
    """Items of all lists in the variables count together."""
    with pytest.raises(LimitExceededError) as refusal:
        require_small_variables(variables, LIMITS)
    assert (refusal.value.details["limit"], refusal.value.details["actual"]) == (limit, actual)


def test_nested_variables():
    """Variables that are nested too deeply are refused before anything recurses into them."""
    nested: object = 0
    for _ in range(NESTING_MAX):
        nested = {"not": nested}
    require_small_variables({"a": nested}, LIMITS)
    with pytest.raises(LimitExceededError, match="nesting"):
        require_small_variables({"a": [nested]}, LIMITS)


@pytest.mark.parametrize("setting", ["depth_max", "cost_max", "operation_timeout_seconds"])
def test_settings(setting):
    """A limit that would let nothing through is refused at the start, by the name of its setting."""
    with pytest.raises(MisconfiguredError, match=f"LOUVER_{setting.upper()}"):
        Limits.from_settings(replace(Settings(), **{setting: 0}))
