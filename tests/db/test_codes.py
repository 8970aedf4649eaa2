"""Coded values are closed, described lists."""

import re

import pytest

from louver.db import codes
from louver.db.codes import AgeBand, CodedEnum, ForceType, InjuryType, TrainingStatus

ENUMS = [getattr(codes, name) for name in codes.__all__ if name != "CodedEnum"]
DECIDED_BY_US = {"Module", "SubscriptionStatus", "PersonStatus", "ImportStatus"}


@pytest.mark.parametrize("enum", ENUMS)
class TestEveryList:
    def test_describes_each_member(self, enum: type[CodedEnum]) -> None:
        """Each list and each member says what it means."""
        assert enum.__doc__
        assert all(len(member.description) > 2 for member in enum)

    def test_finds_each_member_by_its_code(self, enum: type[CodedEnum]) -> None:
        """A code finds its member, and no two members share one (an alias would be found under another name)."""
        assert {name: enum.from_code(str(member)).name for name, member in enum.__members__.items()} == {
            name: name for name in enum.__members__
        }

    def test_names_each_member_for_graphql(self, enum: type[CodedEnum]) -> None:
        """A member's name can be a GraphQL enum value."""
        assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", name) for name in enum.__members__)

    def test_has_an_unknown(self, enum: type[CodedEnum]) -> None:
        """A list that sources fill has a member for what they do not say."""
        assert enum.__name__ in DECIDED_BY_US or "UNKNOWN" in enum.__members__

    def test_refuses_what_is_not_a_code(self, enum: type[CodedEnum]) -> None:
        """What is no code is not found, and cannot be read."""
        assert enum.find_code("no such code") is None
        with pytest.raises(ValueError, match="no such code"):
            enum.from_code("no such code")


class TestPublishedCodes:
    def test_are_kept(self) -> None:
        """Ohio's force codes are 01 to 22, P and U."""
        published = {f"{number:02}" for number in range(1, 23)} | {"P", "U"}
        assert published == {str(member) for member in ForceType if member != member.name}

    def test_tell_unconsciousness_from_unknown(self) -> None:
        """In NIBRS an injury coded U is unconsciousness; unknown has a code of its own."""
        assert InjuryType.from_code("U") is InjuryType.UNCONSCIOUSNESS
        assert InjuryType.UNKNOWN == "UNKNOWN"


class TestAgeBand:
    @pytest.mark.parametrize(
        ("age", "band"),
        [(0, "UNDER_18"), (18, "AGE_18_24"), (24, "AGE_18_24"), (64, "AGE_55_64"), (110, "AGE_65_OVER")],
    )
    def test_follows_from_age(self, age: int, band: str) -> None:
        """An age is in the band that says so."""
        assert AgeBand.from_age(age) is AgeBand[band]

    def test_changes_at_the_first_year_of_a_band(self) -> None:
        """Bands begin exactly at these ages, and an unknown age is in none."""
        changes = [age for age in range(1, 130) if AgeBand.from_age(age) is not AgeBand.from_age(age - 1)]
        assert changes == [18, 25, 35, 45, 55, 65]
        assert AgeBand.from_age(None) is AgeBand.UNKNOWN


class TestTrainingStatus:
    def test_earns_hours_when_passed_taught_or_attended_to_the_end(self) -> None:
        """Exactly these statuses earn hours."""
        assert {status.name for status in TrainingStatus if status.is_earning} == {"PASSED", "INSTRUCTED", "COMPLETED"}
