"""Rights: one role set in one agency, ready to decide coordinate by coordinate."""

from collections.abc import Collection, Hashable
from typing import NamedTuple

from louver.authz.agency_policy import AgencyPolicy
from louver.authz.coordinates import Coordinates
from louver.authz.decisions import NO_ROWS, Decision, Permission
from louver.authz.enforcer import Rule
from louver.authz.key_scopes import limit
from louver.authz.lines import EVERYWHERE
from louver.authz.vocabulary import Act, Reason, Rows


class Standing(NamedTuple):
    """All that a decision depends on, beside the coordinate. Equal standings decide alike."""

    domain: str
    """The agency where it has lines of its own, else `*`: agencies under the default policy share their decisions."""
    policy_version: str
    roles: frozenset[str]
    scope: frozenset[str] | None
    """The coordinates that a key was issued for; None for everything that its roles have."""
    narrowed: frozenset[str]
    """The coordinates of `scope` that support grants open on the rows that they name, and on no other."""
    closed: frozenset[tuple[str, Act]]
    """What the verbs of `scope` do not open of its coordinates."""
    modules: frozenset[str]
    is_ended: bool
    """The subscription has ended, and none of the roles still reads."""
    is_writable: bool
    """The subscription lasts, so that something may be entered."""


class Rights:
    """Decides for one standing, and remembers. Shared by every principal of that standing."""

    __slots__ = ("_coordinates", "_decisions", "_policy", "_standing")

    def __init__(self, standing: Standing, policy: AgencyPolicy, coordinates: Coordinates) -> None:
        self._standing = standing
        self._policy = policy
        self._coordinates = coordinates
        self._decisions: dict[str, Decision] = {}

    @property
    def fingerprint(self) -> Hashable:
        """Equal for rights whose decisions are all equal: what plans may be cached by."""
        return self._standing

    @property
    def policy_version(self) -> str:
        """The version of the policy that decides."""
        return self._standing.policy_version

    @property
    def roles(self) -> frozenset[str]:
        """The role set."""
        return self._standing.roles

    def is_wider(self, scopes: Collection[str] | None) -> bool:
        """Whether a key with these scopes, None for no limit, would be issued for no more than this one was."""
        own, closed = self._standing.scope, self._standing.closed
        if own is None or scopes is None:
            return own is None
        opened, kept = self._coordinates.expand_scopes(scopes), self._coordinates.list_closed(scopes)
        return opened <= own and all(each in kept for each in closed if each[0] in opened)

    def decide(self, coordinate: str) -> Decision:
        """Answer what may be seen of `Type.field`, or of the rows of `Type`. Identity fields follow their type."""
        decision = self._decisions.get(coordinate)
        return decision if decision is not None else self._resolve(coordinate)

    def may_enter(self, coordinate: str) -> Permission:
        """Answer whether something may be entered or changed, and on which rows."""
        return self.permit(coordinate, Act.ENTER)

    def permit(self, coordinate: str, act: Act) -> Permission:
        """Answer for one act alone. What is seen of a coordinate in all is for `decide` to say."""
        governing = self._coordinates.find_governing(coordinate)
        gate = Reason.ROLE if governing is None else self._find_gate(governing)
        if act is Act.ENTER and not self._standing.is_writable:
            gate = Reason.SUBSCRIPTION
        if governing is None or gate:
            return Permission(coordinate, act, reason=gate, policy_version=self.policy_version)
        if (governing, act) in self._standing.closed:
            return Permission(coordinate, act, reason=Reason.KEY_SCOPE, policy_version=self.policy_version)
        verdict = self._weigh(governing, act)
        reason = None if verdict.rows else Reason.CEILING if verdict.has_ceiling else Reason.ROLE
        return Permission(coordinate, act, verdict.rows, reason, tuple(verdict.lines), self.policy_version)

    def _resolve(self, coordinate: str) -> Decision:
        governing = self._coordinates.find_governing(coordinate)
        if governing is None:
            # Not kept: a caller chooses unknown names, and could fill the memory with them.
            return self._deny(coordinate, Reason.SUBSCRIPTION if self._standing.is_ended else Reason.ROLE)
        gate = self._find_gate(governing)
        decision = self._deny(coordinate, gate) if gate else self._judge(coordinate, governing)
        if self._standing.closed:
            decision = limit(decision, self._standing.closed, governing)
        return self._decisions.setdefault(coordinate, decision)

    def _find_gate(self, governing: str) -> Reason | None:
        """Find what closes a coordinate whatever the roles."""
        standing = self._standing
        module = self._coordinates.get_module(governing)
        if standing.is_ended:
            return Reason.SUBSCRIPTION
        if module and module not in standing.modules:
            return Reason.MODULE
        if standing.scope is not None and governing not in standing.scope:
            return Reason.KEY_SCOPE
        return None

    def _judge(self, coordinate: str, governing: str) -> Decision:
        view = self._weigh(governing, Act.VIEW)
        masked = self._weigh(governing, Act.VIEW_MASKED)
        aggregate = self._weigh(governing, Act.VIEW_AGGREGATE)
        is_denied = not (view.rows or masked.rows)
        has_ceiling = view.has_ceiling or masked.has_ceiling
        return Decision(
            coordinate,
            view=view.rows,
            masked=masked.rows,
            # With the subscription ended, rows are read for the sake of the export; an export has no aggregates.
            aggregate=aggregate.rows | view.rows if self._standing.is_writable else NO_ROWS,
            mask=self._coordinates.masks.get(governing),
            reason=(Reason.CEILING if has_ceiling else Reason.ROLE) if is_denied else None,
            lines=(*view.lines, *masked.lines, *aggregate.lines),
            policy_version=self.policy_version,
        )

    def _weigh(self, governing: str, act: Act) -> "_Verdict":
        """Ask Casbin about each row scope that some line for these roles mentions."""
        rules = self._policy.list_rules(governing, act, self.roles)
        scopes = {rule.line.rows for rule in rules}
        allowed = {rows for rows in scopes if self._policy.allows(self.roles, governing, act, rows)}
        deciding = [rule for rule in rules if rule.line.is_deny != bool(allowed)]
        return _Verdict(self._narrow(governing, frozenset(map(Rows, allowed))), deciding)

    def _narrow(self, governing: str, rows: frozenset[Rows]) -> frozenset[Rows]:
        """Leak: rows that a role has by another scope than the whole agency may not be those that were named."""
        if governing not in self._standing.narrowed:
            return rows
        return frozenset({Rows.GRANTED}) if Rows.AGENCY in rows else NO_ROWS

    def _deny(self, coordinate: str, reason: Reason) -> Decision:
        return Decision(coordinate, reason=reason, policy_version=self.policy_version)


class _Verdict(NamedTuple):
    """One verb's answer: the rows, and the rules behind it."""

    rows: frozenset[Rows]
    deciding: list[Rule]

    @property
    def has_ceiling(self) -> bool:
        """Whether it is denied by a line that no agency can lift."""
        return any(rule.line.is_deny and rule.line.dom == EVERYWHERE for rule in self.deciding)

    @property
    def lines(self) -> list[str]:
        """The deciding lines as written."""
        return sorted({str(rule.source) for rule in self.deciding})
