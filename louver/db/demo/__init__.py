"""Demo data: three invented agencies, the same in every database, sized like real ones."""

from louver.db.demo.access import SUPPORT, KeyDigest
from louver.db.demo.invented import PLANS
from louver.db.demo.plans import AgencyPlan
from louver.db.demo.store import (
    Digests,
    add_agency,
    find_agencies,
    find_live_prefixes,
    has_other_agencies,
    remove_agency,
    renew_grant,
    replace_keys,
)

__all__ = [
    "PLANS",
    "SUPPORT",
    "AgencyPlan",
    "Digests",
    "KeyDigest",
    "add_agency",
    "find_agencies",
    "find_live_prefixes",
    "has_other_agencies",
    "remove_agency",
    "renew_grant",
    "replace_keys",
]
