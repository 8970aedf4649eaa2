"""Keys: their form, what is stored of them, and that only the right one matches."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from louver.authz.keys import issue_key, matches, parse_key

FORM = re.compile(r"lvr_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}")
KEY = issue_key()


class TestIssued:
    """A key at birth."""

    def test_has_the_form(self):
        """A key reads lvr_<id>_<secret>_<checksum>."""
        assert FORM.fullmatch(KEY.text)
        assert KEY.text.split("_")[1] == KEY.prefix

    def test_round_trip(self):
        """A key that was issued parses to its id and matches its hash."""
        presented = parse_key(KEY.text)
        assert presented == (KEY.prefix, KEY.secret_hash)
        assert matches(presented, KEY.secret_hash)

    def test_what_is_stored_does_not_hold_the_secret(self):
        """Id and hash, which the store keeps, contain no part of the secret."""
        secret = KEY.text.split("_")[2]
        assert secret not in KEY.prefix + KEY.secret_hash

    def test_no_two_are_alike(self):
        """A thousand keys differ in id and hash."""
        keys = [issue_key() for _ in range(1000)]
        assert len({key.prefix for key in keys}) == len({key.secret_hash for key in keys}) == 1000


class TestPresented:
    """A key as somebody sends it."""

    @given(st.integers(4, len(KEY.text) - 1), st.characters(codec="ascii", categories=["L", "N"]))
    def test_any_single_edit_is_caught(self, position, letter):
        """A mistyped letter anywhere fails the checksum, before the store is asked."""
        text = KEY.text[:position] + letter + KEY.text[position + 1 :]
        assert (parse_key(text) is None) == (text != KEY.text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "lvr_",
            KEY.text[:-1],
            KEY.text + "0",
            KEY.text + "\n",
            " " + KEY.text,
            KEY.text.upper(),
            "é" * 67,
            "x" * 9999,
        ],
        ids=["empty", "start only", "cut", "longer", "line", "space", "upper case", "not ASCII", "huge"],
    )
    def test_malformed(self, text):
        """What is not exactly a key is none."""
        assert parse_key(text) is None

    @pytest.mark.parametrize(
        "stored_hash",
        [None, "", issue_key().secret_hash, KEY.secret_hash[:-1]],
        ids=["unknown", "empty", "another", "cut"],
    )
    def test_matches_only_its_own_hash(self, stored_hash):
        """An unknown id, another key's hash and a cut hash are all a mismatch."""
        assert not matches(parse_key(KEY.text), stored_hash)
