"""Who may see what: principals, policy and decisions. No GraphQL, no SQL, no HTTP."""

from louver.authz.decisions import Decision
from louver.authz.lines import PolicyLine
from louver.authz.principals import Membership, Principal
from louver.authz.rights import Rights
from louver.authz.snapshot import Snapshot
from louver.authz.vocabulary import Act, DeniedMode, Mask, PrincipalKind, Reason, Role, Rows

__all__ = [
    "Act",
    "Decision",
    "DeniedMode",
    "Mask",
    "Membership",
    "PolicyLine",
    "Principal",
    "PrincipalKind",
    "Reason",
    "Rights",
    "Role",
    "Rows",
    "Snapshot",
]
