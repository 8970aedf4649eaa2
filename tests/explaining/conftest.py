"""An agency as its policy knows it, and lines of its own."""

from collections.abc import Callable
from uuid import UUID

import pytest

from louver.authz.facts import AgencyFacts
from louver.authz.lines import PolicyLine
from louver.authz.sights import Needs
from louver.resolvers.needs import list_needs
from louver.schema.catalogue import build_catalogue

AGENCY = UUID("00000000-0000-4000-8000-00000000000a")


def make_line(sub: str, obj: str, act: str = "view", rows: str = "agency", eft: str = "allow") -> PolicyLine:
    """Make a line of the agency's own."""
    return PolicyLine.for_agency(AGENCY, sub=sub, obj=obj, act=act, rows=rows, eft=eft)


def make_deny(sub: str, obj: str, act: str = "view") -> PolicyLine:
    """Make a line that denies."""
    return make_line(sub, obj, act, eft="deny")


@pytest.fixture
def facts() -> Callable[..., AgencyFacts]:
    """An agency with these lines of its own."""

    def make(*lines: PolicyLine, **given: object) -> AgencyFacts:
        return AgencyFacts(AGENCY, lines, **given)  # type: ignore[arg-type]  # each test gives what the fields take

    return make


@pytest.fixture(scope="session")
def needs() -> dict[str, Needs]:
    """What each coordinate of the schema takes."""
    return list_needs(build_catalogue())
