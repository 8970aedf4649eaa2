"""Sentinels: questions whose answers are known, asked of every enforcer before it is used."""

from collections.abc import Iterable
from typing import NamedTuple

from louver.authz.enforcer import Enforcer
from louver.authz.lines import EVERYWHERE
from louver.authz.vocabulary import Act, Role, Rows
from louver.errors import MisconfiguredError

_NAME = "Officer.firstName"


class Sentinel(NamedTuple):
    """A question, and whether it has to be allowed."""

    is_allowed: bool
    roles: frozenset[str]
    coordinate: str
    act: Act


ALLOWED = (Sentinel(True, frozenset({Role.CHIEF}), _NAME, Act.VIEW),)
"""What the default policy allows: an empty one fails here."""

FORBIDDEN = (
    Sentinel(False, frozenset({Role.PUBLIC_PORTAL}), _NAME, Act.VIEW),
    Sentinel(False, frozenset({Role.CHIEF, Role.PUBLIC_PORTAL}), _NAME, Act.VIEW),
    Sentinel(False, frozenset({Role.AGENCY_ADMIN, Role.PARTNER}), _NAME, Act.ENTER),
    Sentinel(False, frozenset({Role.AGENCY_ADMIN, Role.SUPPORT}), _NAME, Act.EXPORT),
    Sentinel(False, frozenset({""}), _NAME, Act.VIEW),
    Sentinel(False, frozenset(Role), "Officer.noSuchField", Act.VIEW),
    Sentinel(False, frozenset(Role), "", Act.VIEW),
)
"""What no policy allows, overlays included."""


def require_sentinels(enforcer: Enforcer, sentinels: Iterable[Sentinel], domain: str = EVERYWHERE) -> None:
    """Refuse an enforcer that answers one of the questions wrongly.

    Leak: Casbin allows everything when it is switched off, and, under an effect that only knows denies,
    whatever no line matches.

    Raises:
        MisconfiguredError: it allows or forbids what it must not.
    """
    for is_allowed, roles, coordinate, act in sentinels:
        if enforcer.allows(roles, domain, coordinate, act, Rows.AGENCY) is not is_allowed:
            verb = "forbids" if is_allowed else "allows"
            raise MisconfiguredError(
                f"the policy {verb} {act} of {coordinate!r} to {' + '.join(sorted(roles))}",
                hint="check policy.csv with `louver policy build --check`",
            )
