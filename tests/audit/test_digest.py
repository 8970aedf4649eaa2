"""Digests of variables: they tell that a value was asked for, and never which."""

import orjson
import pytest

from louver.logging import ValueDigest

DIGEST = ValueDigest(b"a key")
SCALARS = ["Whitcombe", "", 1, 0, -7, 12_345_678_901_234_567_890, 1.0, 2.5, True, False]


class TestScalar:
    @pytest.mark.parametrize("value", SCALARS)
    def test_same_value_same_digest(self, value):
        """Whoever holds the key can ask whether a value was asked for."""
        assert ValueDigest(b"a key").scalar(value) == DIGEST.scalar(value)

    @pytest.mark.parametrize("value", SCALARS)
    def test_other_key_other_digest(self, value):
        """Without the key a guess cannot be tried."""
        assert ValueDigest(b"another").scalar(value) != DIGEST.scalar(value)

    def test_kinds_differ(self):
        """1, 1.0, "1" and true are four different questions."""
        assert len({DIGEST.scalar(value) for value in (1, 1.0, "1", True)}) == 4


class TestVariables:
    def test_structure_and_names_stay(self):
        """A reviewer sees which variables were sent and how they were built."""
        digested = DIGEST.variables({"filter": {"and": [{"rank": "Sergeant"}, None]}, "first": 10})
        expected = {"filter": {"and": [{"rank": DIGEST.scalar("Sergeant")}, None]}, "first": DIGEST.scalar(10)}
        assert expected == digested

    def test_no_value_stays(self):
        """No scalar of any kind is found in the digested text, numbers and booleans included."""
        text = orjson.dumps(DIGEST.variables({"a": "Whitcombe", "b": 4711, "c": 48.25, "d": [True]}))
        assert not any(value in text for value in (b"Whitcombe", b"4711", b"48.25", b"true"))

    def test_hostile_key_is_digested(self):
        """A key that is no GraphQL name may be anything, such as a number that names a person."""
        text = orjson.dumps(DIGEST.variables({"input": {"123-45-6789": 1}}))
        assert b"123-45-6789" not in text

    @pytest.mark.parametrize(
        "variables",
        [
            {"ids": [str(number) for number in range(5000)]},
            {"deep": orjson.loads("[" * 500 + "]" * 500)},
            {"wide": [[number] for number in range(2000)]},
        ],
        ids=["long", "deep", "wide"],
    )
    def test_huge_is_one_digest(self, variables):
        """A record cannot outgrow its request: beyond the limits the whole is one digest."""
        digested = DIGEST.variables(variables)
        assert list(digested) == ["whole"]
        assert len(digested["whole"]) < 64
