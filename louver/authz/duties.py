"""Duties: what it takes to run an agency's access, as objects of the policy. `duties.csv` is the source."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from louver.authz.vocabulary import Role
from louver.errors import MisconfiguredError

ADMINISTRATION = "administration"
"""Stands for all duties. `*` does not: who opens all records to a role does not hand it the keys as well."""
_NOBODY = "-"


class Administered(StrEnum):
    """What is administered: the objects that `view` and `enter` lines of the policy name."""

    POLICY = "AgencyPolicy"
    ROLES = "AgencyRole"
    KEYS = "ApiKey"
    OPERATIONS = "StoredOperation"
    SUPPORT = "SupportGrant"
    SUPPORT_APPROVAL = "SupportApproval"
    AUDIT = "AuditRetention"
    AUDIT_EVENT = "AuditEvent"
    AUDIT_ACTOR = "AuditActor"
    AUDIT_REVIEW = "AuditReview"
    AUDIT_EXPORT = "AuditExport"


@dataclass(frozen=True, slots=True)
class Duty:
    """One line: who may read, and who may change, one thing that is administered."""

    administered: Administered
    viewers: tuple[Role, ...]
    holders: tuple[Role, ...]
    reason: str

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Self:
        """Parse one line of the file.

        Raises:
            MisconfiguredError: it names what is not administered, or a role that does not exist.
        """
        try:
            return cls(Administered(row["object"]), _read_roles(row["view"]), _read_roles(row["enter"]), row["reason"])
        except (KeyError, ValueError) as error:
            raise MisconfiguredError(f"duties.csv, {row.get('object')}: {error}") from error


def from_csv(text: str) -> tuple[Duty, ...]:
    """Parse the whole file.

    Raises:
        MisconfiguredError: a line does not parse, or the file does not list each thing once.
    """
    duties = tuple(map(Duty.from_row, csv.DictReader(text.splitlines())))
    if sorted(duty.administered for duty in duties) != sorted(Administered):
        raise MisconfiguredError(f"duties.csv has to list each of {', '.join(Administered)} once")
    return duties


def _read_roles(text: str) -> tuple[Role, ...]:
    return () if text == _NOBODY else tuple(map(Role, text.split()))
