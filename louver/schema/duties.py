"""Which right each root of administration takes: what introspection shows by, and what resolvers require."""

from typing import NamedTuple

from louver.authz.duties import Administered
from louver.authz.vocabulary import Act


class Duty(NamedTuple):
    """An object of the policy, and what is done to it."""

    administered: Administered
    act: Act


QUERIES = {
    "policyVersions": Duty(Administered.POLICY, Act.VIEW),
    "policyLines": Duty(Administered.POLICY, Act.VIEW),
    "agencyRoles": Duty(Administered.ROLES, Act.VIEW),
    "storedOperations": Duty(Administered.OPERATIONS, Act.VIEW),
    "supportGrants": Duty(Administered.SUPPORT, Act.VIEW),
    "explainAccess": Duty(Administered.POLICY, Act.VIEW),
    "whoCanSee": Duty(Administered.POLICY, Act.VIEW),
    "accessMatrix": Duty(Administered.POLICY, Act.VIEW),
    "previewPolicy": Duty(Administered.POLICY, Act.VIEW),
    "apiKeys": Duty(Administered.KEYS, Act.VIEW),
    "reviewKey": Duty(Administered.KEYS, Act.VIEW),
    # It answers rows by the rights of the key that it is about: for those alone who could issue that key.
    "previewKey": Duty(Administered.KEYS, Act.ENTER),
    "auditHolds": Duty(Administered.AUDIT, Act.VIEW),
    "auditRetention": Duty(Administered.AUDIT, Act.VIEW),
    "auditEvents": Duty(Administered.AUDIT_EVENT, Act.VIEW),
    "auditReads": Duty(Administered.AUDIT_ACTOR, Act.VIEW),
    "auditDenials": Duty(Administered.AUDIT_EVENT, Act.VIEW),
    "unusualAccess": Duty(Administered.AUDIT_EVENT, Act.VIEW),
    "auditWeeks": Duty(Administered.AUDIT_REVIEW, Act.VIEW),
}
MUTATIONS = {
    "publishPolicy": Duty(Administered.POLICY, Act.ENTER),
    "revertPolicy": Duty(Administered.POLICY, Act.ENTER),
    "createRole": Duty(Administered.ROLES, Act.ENTER),
    "retireRole": Duty(Administered.ROLES, Act.ENTER),
    "assignRoles": Duty(Administered.ROLES, Act.ENTER),
    "registerOperations": Duty(Administered.OPERATIONS, Act.ENTER),
    "retireOperations": Duty(Administered.OPERATIONS, Act.ENTER),
    "grantSupport": Duty(Administered.SUPPORT, Act.ENTER),
    "approveSupportGrant": Duty(Administered.SUPPORT_APPROVAL, Act.ENTER),
    "revokeSupportGrant": Duty(Administered.SUPPORT, Act.ENTER),
    "issueKey": Duty(Administered.KEYS, Act.ENTER),
    "rotateKey": Duty(Administered.KEYS, Act.ENTER),
    "changeKey": Duty(Administered.KEYS, Act.ENTER),
    "revokeKey": Duty(Administered.KEYS, Act.ENTER),
    "placeAuditHold": Duty(Administered.AUDIT, Act.ENTER),
    "releaseAuditHold": Duty(Administered.AUDIT, Act.ENTER),
    "chooseAuditRemoval": Duty(Administered.AUDIT, Act.ENTER),
    "signOffAuditWeek": Duty(Administered.AUDIT_REVIEW, Act.ENTER),
}
