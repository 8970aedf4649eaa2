"""The base of every coded value."""

from enum import StrEnum
from typing import Self


class CodedEnum(StrEnum):
    """A closed list of coded values.

    A member's value is the code that is stored, its name is what clients see, its description says what it means.
    Where a published list has a code we store that code; a member that we added stores its own name.
    """

    description: str

    def __new__(cls, code: str, description: str) -> Self:
        """Make a member of a code and what it means."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.description = description
        return member

    @classmethod
    def from_code(cls, code: str) -> Self:
        """Read a code.

        Raises:
            ValueError: no member has it.
        """
        member = cls.find_code(code)
        if member is None:
            raise ValueError(f"{cls.__name__} has no such code")
        return member

    @classmethod
    def find_code(cls, code: str) -> Self | None:
        """Find the member with this code; None where there is none, so that the caller keeps the raw text."""
        return cls._value2member_map_.get(code)  # type: ignore[return-value]  # the map holds members of this class


PENDING = ("P", "Pending further investigation")
UNKNOWN = ("U", "Unknown and unlikely ever to be known")
"""The generic answers that the FBI's use-of-force collection allows on nearly every element."""
