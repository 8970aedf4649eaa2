"""All tables, imported so that `Base.metadata` is whole."""

from louver.db.access import (
    AgencyRoleRow,
    ApiKeyRow,
    KeyUnitRow,
    MembershipRow,
    MembershipUnitRow,
    PersonRow,
    PolicyLineRow,
    PolicyVersionRow,
    SupportGrantRow,
)
from louver.db.agencies import AgencyRow, UnitClosureRow, UnitRow
from louver.db.base import Base
from louver.db.budgets import BudgetWindowRow
from louver.db.imports import ImportFileRow, ImportRunRow, UncodedValueRow
from louver.db.officers import OfficerRow
from louver.db.operations import StoredOperationRow
from louver.db.people import (
    IdentityProviderRow,
    KnownAddressRow,
    LogonGuardRow,
    PersonCredentialRow,
    PersonSessionRow,
    RecoveryCodeRow,
)
from louver.db.trainings import CourseRow, TrainingRow
from louver.db.uof import UofIncidentRow, UofInvolvementRow, UofSubjectRow

__all__ = [
    "AgencyRoleRow",
    "AgencyRow",
    "ApiKeyRow",
    "Base",
    "BudgetWindowRow",
    "CourseRow",
    "IdentityProviderRow",
    "ImportFileRow",
    "ImportRunRow",
    "KeyUnitRow",
    "KnownAddressRow",
    "LogonGuardRow",
    "MembershipRow",
    "MembershipUnitRow",
    "OfficerRow",
    "PersonCredentialRow",
    "PersonRow",
    "PersonSessionRow",
    "PolicyLineRow",
    "PolicyVersionRow",
    "RecoveryCodeRow",
    "StoredOperationRow",
    "SupportGrantRow",
    "TrainingRow",
    "UncodedValueRow",
    "UnitClosureRow",
    "UnitRow",
    "UofIncidentRow",
    "UofInvolvementRow",
    "UofSubjectRow",
]
