"""What the access tests share: the shipped policy and one agency."""

from uuid import UUID

import pytest

from louver.authz import Snapshot
from louver.authz.lines import PolicyLine

AGENCY = UUID("00000000-0000-4000-8000-00000000000a")
OTHER_AGENCY = UUID("00000000-0000-4000-8000-00000000000b")


@pytest.fixture(scope="session")
def snapshot():
    """The default policy."""
    return Snapshot.load()


@pytest.fixture(scope="session")
def agency_id():
    return AGENCY


@pytest.fixture(scope="session")
def other_agency_id():
    return OTHER_AGENCY


@pytest.fixture(scope="session")
def rights_of():
    """Find rights in an active agency with every module, unless told otherwise."""

    def find(snapshot, *roles, agency_id=AGENCY, scopes=None, modules=("UOF",), subscription="ACTIVE"):
        return snapshot.rights(agency_id, roles, scopes=scopes, modules=modules, subscription=subscription)

    return find


@pytest.fixture(scope="session")
def line():
    """Make an overlay line of the agency."""

    def make(sub, obj, act="view", rows="agency", eft="allow", *, agency_id=AGENCY):
        return PolicyLine.for_agency(agency_id, sub=sub, obj=obj, act=act, rows=rows, eft=eft)

    return make
