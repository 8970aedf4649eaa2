"""What a key is to be, and what makes no sense or goes too far."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from louver.authz import shipped
from louver.authz.addresses import parse_network
from louver.authz.key_scopes import KeyScope
from louver.authz.overlays import TEMPLATES
from louver.authz.principals import key_roles
from louver.authz.rights import Rights
from louver.authz.vocabulary import Act, DeniedMode, Reason, Role, Safelist
from louver.errors import AccessDeniedError, InvalidInputError

DAYS_DEFAULT = 90
DAYS_MAX = 366
ADDRESSES_MAX = 50
TEXT_MAX = 500
SCOPES_MAX = 500
BUDGET_MAX = 1_000_000_000
_SHOWN = 80
"""Letters of what somebody sent that an error repeats."""
RECORDS = "*"
"""All records and no administration: what an administrator's order without scopes comes to."""
_NAMES = (
    "a scope is Type.field, Type, Type.* or a field group, and may end in verbs such as :view,export; "
    "`louver policy matrix --csv` lists them"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOrder:
    """What a key is to be."""

    role: str
    purpose: str
    label: str | None = None
    days: int = DAYS_DEFAULT
    is_partner: bool = False
    scopes: tuple[str, ...] = ()
    """Empty: everything that the role has."""
    allowed_addresses: tuple[str, ...] = ()
    """Empty: anywhere."""
    rate_per_minute: int | None = None
    cost_per_minute: int | None = None
    denied_mode: str | None = None
    safelist: str | None = None
    officer_id: UUID | None = None
    unit_ids: tuple[UUID, ...] = ()
    trainings_from: date | None = None
    trainings_to: date | None = None

    @property
    def roles(self) -> frozenset[str]:
        """The roles that its requests have."""
        return key_roles(self.role, is_partner=self.is_partner)


def require_sense(order: KeyOrder) -> None:
    """Refuse an order that would make a key which sees nothing, or something else than was meant.

    Raises:
        InvalidInputError: it is so.
        AccessDeniedError: a partner would have what no agency can give.
    """
    _require_texts(order)
    require_days(order.days)
    _require_persons(order, order.role)
    require_scopes(order.scopes)
    require_limits(order.denied_mode, order.safelist, order.rate_per_minute, order.cost_per_minute)
    read_networks(order.allowed_addresses)
    if order.is_partner:
        _require_partner(order)


def require_days(days: int) -> None:
    """Refuse a key that lasts too long, or not at all."""
    if not 1 <= days <= DAYS_MAX:
        raise InvalidInputError(f"a key lasts from 1 to {DAYS_MAX} days", hint=f"give days up to {DAYS_MAX}")


def require_issuable(order: KeyOrder, made_roles: Mapping[str, str], issuer: Rights) -> None:
    """Refuse an administrator's order for more than records by a role of the agency's, or than the issuer may do.

    Leak: a key that administers would be a second pair of hands, for what takes two; and a key that was issued for
    little could issue another for much.

    Raises:
        InvalidInputError: there is no such role to issue keys for.
        AccessDeniedError: it goes too far.
    """
    known = {*map(str, TEMPLATES), *made_roles}
    if order.is_partner:
        known = {role for role in known if made_roles.get(role, role) != Role.AGENCY_ADMIN}
    if order.role not in known:
        raise InvalidInputError(
            f"no key can be issued for a role {order.role[:_SHOWN]!r}", hint=f"roles are {_list(known)}"
        )
    _require_persons(order, made_roles.get(order.role, order.role))
    _require_records(order.scopes)
    require_within(order.scopes, issuer)


def require_within(scopes: Collection[str] | None, issuer: Rights) -> None:
    """Refuse to hand out more than the issuer's own key was issued for."""
    if not issuer.is_wider(scopes):
        raise AccessDeniedError(
            "The key would open more than the one that you use.", hint="narrow its scopes", reason=Reason.KEY_SCOPE
        )


def require_scopes(scopes: Collection[str]) -> None:
    """Leak: a scope that names nothing opens nothing, and the key would look narrower than its owner was told."""
    if len(scopes) > SCOPES_MAX:
        raise InvalidInputError(f"a key has {SCOPES_MAX} scopes at most", hint="name types or field groups")
    known = shipped.read_coordinates().names
    for text in scopes:
        try:
            scope = KeyScope.parse(text)
        except ValueError:
            raise InvalidInputError(
                f"the scope {text[:_SHOWN]!r} ends in no verbs", hint=f"verbs are {_list(Act)}"
            ) from None
        if scope.name not in known:
            raise InvalidInputError(f"there is nothing called {scope.name[:_SHOWN]!r} to open", hint=_NAMES)


def require_limits(denied_mode: str | None, safelist: str | None, *budget: int | None) -> None:
    """Refuse words that are none, and budgets that allow nothing."""
    for name, word, words in (("denied mode", denied_mode, DeniedMode), ("safelist", safelist, Safelist)):
        if word is not None and word not in list(words):
            raise InvalidInputError(f"there is no {name} {word[:_SHOWN]!r}", hint=f"choose one of {_list(words)}")
    if any(limit is not None and not 1 <= limit <= BUDGET_MAX for limit in budget):
        raise InvalidInputError(
            f"a budget is from 1 to {BUDGET_MAX} in a minute", hint="leave it out for no limit of its own"
        )


def read_networks(texts: Collection[str]) -> list[str]:
    """Read the networks of an allow-list, each in one form.

    Raises:
        InvalidInputError: one is none, or there are too many.
    """
    if len(texts) > ADDRESSES_MAX:
        raise InvalidInputError(f"a key has {ADDRESSES_MAX} networks at most", hint="name wider networks")
    try:
        return list(dict.fromkeys(map(parse_network, texts)))
    except ValueError as error:
        raise InvalidInputError(
            f"an address is no network: {str(error)[:_SHOWN]}",
            hint="write 192.0.2.0/24, 2001:db8::/32 or one address; to allow every address, leave the list out",
        ) from None


def _require_texts(order: KeyOrder) -> None:
    if not order.purpose.strip():
        raise InvalidInputError("the purpose is blank", hint='say what the key is for, with --purpose "…" (purpose)')
    if max(len(order.purpose), len(order.label or "")) > TEXT_MAX:
        raise InvalidInputError(f"purpose and label have {TEXT_MAX} letters at most", hint="shorten them")


def _require_persons(order: KeyOrder, template: str) -> None:
    """Refuse a key that would reach nothing for want of an officer, a unit or a cycle, or more than it should."""
    if template == Role.OFFICER and not order.officer_id:
        raise InvalidInputError(
            f"a key with the role {order.role} sees one officer's records", hint="give --officer BADGE (officerId)"
        )
    if template == Role.SUPERVISOR and not order.unit_ids:
        raise InvalidInputError(
            f"a key with the role {order.role} sees its units' records", hint="give --unit NAME (unitIds)"
        )
    # Leak: a supervisor must not see incidents of their own, and whose those are is told by the officer alone.
    if template == Role.SUPERVISOR and not order.officer_id:
        raise InvalidInputError(
            f"a key with the role {order.role} sees no incident of its own officer's, so it has to name the officer",
            hint="give --officer BADGE (officerId)",
        )
    _require_cycle(order, template)


def _require_cycle(order: KeyOrder, template: str) -> None:
    first, last = order.trainings_from, order.trainings_to
    if (first is None) != (last is None) or (first and last and first > last):
        raise InvalidInputError("a training cycle has a first and a last day", hint="give both, the first one first")
    if template == Role.POST_AUDITOR and first is None:
        raise InvalidInputError(
            f"a key with the role {order.role} sees the trainings of one cycle",
            hint="give --trainings-from and --trainings-to (trainingsFrom, trainingsTo)",
        )


def _require_partner(order: KeyOrder) -> None:
    if order.role in {Role.AGENCY_ADMIN, Role.SUPPORT, Role.PARTNER}:
        raise InvalidInputError(
            f"a partner's key cannot be made from {order.role!r}",
            hint=f"templates are {_list(set(TEMPLATES) - {Role.AGENCY_ADMIN})}, and roles of the agency's own",
        )
    if not order.scopes:
        raise InvalidInputError("a partner's key needs scopes", hint=f"say what it may read; {_NAMES}")
    _require_records(order.scopes)
    if any(Act.ENTER in KeyScope.parse(scope).acts for scope in order.scopes):
        raise AccessDeniedError(
            "A partner's key never enters anything.", hint="leave out the verb enter", reason=Reason.CEILING
        )


def _require_records(scopes: Iterable[str]) -> None:
    """Leak: what administers is no record, and a key for records must not name it."""
    coordinates = shipped.read_coordinates()
    records = coordinates.expand(RECORDS)
    for scope in map(KeyScope.parse, scopes):
        if not coordinates.expand(scope.name) <= records:
            raise AccessDeniedError(
                f"No key is issued for {scope.name}.",
                hint="name records; a key that administers is made by `louver key create` where Louver runs",
                reason=Reason.CEILING,
            )


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(map(str, words)))
