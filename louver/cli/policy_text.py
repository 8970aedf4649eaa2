"""Policy files on the disk, for `louver policy`."""

from pathlib import Path

from louver.authz.facts import AgencyFacts, AgencyRights
from louver.authz.files import PolicyFile
from louver.errors import InvalidInputError, MisconfiguredError


def read_text(path: Path) -> str:
    """Read a file.

    Raises:
        InvalidInputError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path} cannot be read: {error}", hint="name a text file that there is") from error


def read_policy_file(path: Path) -> PolicyFile:
    """Read a policy file.

    Raises:
        InvalidInputError: it cannot be read, or is no policy file.
    """
    return PolicyFile.from_text(read_text(path))


def build_rights(facts: AgencyFacts) -> AgencyRights:
    """Build the policy of an agency from lines that somebody wrote.

    Raises:
        InvalidInputError: a line is faulty.
    """
    try:
        return AgencyRights(facts)
    except MisconfiguredError as error:
        raise InvalidInputError(error.message, hint="`louver policy check` says what is wrong") from error
