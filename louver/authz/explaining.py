"""Why a role set may or may not do something: the decision itself, with the lines behind it and who may change them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from louver.authz.combining import Scopes
from louver.authz.decisions import NO_ROWS
from louver.authz.duties import Administered
from louver.authz.facts import AgencyFacts, AgencyRights
from louver.authz.lines import EVERYWHERE, PolicyLine, from_csv
from louver.authz.rights import Rights
from louver.authz.sights import Degree, Needs, Sight, look
from louver.authz.vocabulary import Act, Mask, Reason


class Layer(StrEnum):
    """What decides."""

    CEILING = "CEILING"
    """A platform deny, which no agency can lift."""
    OVERLAY = "OVERLAY"
    """A line of the agency's own."""
    DEFAULT = "DEFAULT"
    """A line that holds in every agency, unless its own lines add to it or forbid."""
    SUBSCRIPTION = "SUBSCRIPTION"
    """What the agency subscribes to, whatever the lines say."""
    KEY = "KEY"
    """What the key was issued for, whatever the lines say."""
    NOTHING = "NOTHING"
    """No line grants it, and what no line grants is denied."""


class Effect(StrEnum):
    """What an explanation comes to."""

    VISIBLE = "VISIBLE"
    MASKED = "MASKED"
    AGGREGATE = "AGGREGATE"
    ALLOWED = "ALLOWED"
    """Of acts other than viewing."""
    DENIED = "DENIED"


@dataclass(frozen=True, slots=True)
class DecidingLine:
    """One policy line as written, and which layer it belongs to."""

    text: str
    layer: Layer
    is_deny: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to: may these roles do this to that, where, and says who?"""

    coordinate: str
    act: Act
    roles: tuple[str, ...]
    effect: Effect
    reads: str
    """The effect with its rows, in words."""
    rows: Scopes
    """Where the effect holds."""
    masked_rows: Scopes
    """Where the mask stands in for the value, beside `rows`; of viewing only."""
    aggregate_rows: Scopes
    """What may be counted; of viewing only."""
    reach: Scopes
    """The rows of the type that are reached at all, where the coordinate is a field."""
    mask: Mask | None
    reason: Reason | None
    layer: Layer
    lines: tuple[DecidingLine, ...]
    depends_on: tuple[str, ...]
    """Other coordinates whose rights it takes, its type included."""
    changed_by: tuple[str, ...]
    """Roles that may change it in this agency; nobody where the platform decides."""
    policy_version: str

    def as_dict(self) -> dict[str, Any]:
        """Render for JSON, sets in a fixed order."""
        return {
            "coordinate": self.coordinate,
            "action": self.act,
            "roles": list(self.roles),
            "effect": self.effect,
            "reads": self.reads,
            "rows": sorted(self.rows),
            "maskedRows": sorted(self.masked_rows),
            "aggregateRows": sorted(self.aggregate_rows),
            "reach": sorted(self.reach),
            "mask": self.mask,
            "reason": self.reason,
            "decidedBy": self.layer,
            "lines": [{"line": line.text, "layer": line.layer} for line in self.lines],
            "dependsOn": list(self.depends_on),
            "changedBy": list(self.changed_by),
            "policyVersion": self.policy_version,
        }


class Explainer:
    """Answers questions about one agency's policy by asking the `Rights` that its callers' requests ask."""

    def __init__(self, facts: AgencyFacts, needs: Mapping[str, Needs] | None = None) -> None:
        self.roles = facts.roles
        self._rights = AgencyRights(facts)
        self._needs = needs or {}

    @property
    def policy_version(self) -> str:
        """The version of the policy that is explained."""
        return self._rights.find(()).policy_version

    def knows(self, coordinate: str) -> bool:
        """Tell whether there is such a coordinate to ask about."""
        return coordinate in self._needs or self._rights.snapshot.knows(coordinate)

    def explain(
        self, roles: Collection[str], coordinate: str, act: Act = Act.VIEW, *, scopes: Collection[str] | None = None
    ) -> Explanation:
        """Explain a role set, narrowed to a key's scopes if it has any."""
        rights = self._rights.find(roles, scopes)
        return self._explain_view(rights, coordinate) if act is Act.VIEW else self._explain_act(rights, coordinate, act)

    def list_roles(self, coordinate: str, act: Act = Act.VIEW) -> list[Explanation]:
        """Explain every role alone, in the agency's order: who can see it, and who cannot."""
        return [self.explain([role], coordinate, act) for role in self.roles]

    def look(self, roles: Collection[str], coordinate: str) -> Sight:
        """Answer what a role set sees of a coordinate, without the explanation."""
        return look(self._rights.find(roles), coordinate, self._needs.get(coordinate))

    def list_administrators(self) -> tuple[str, ...]:
        """Name the roles that may change the agency's policy."""
        return tuple(role for role in self.roles if self._may_administer(role, Administered.POLICY))

    def _may_administer(self, role: str, administered: Administered) -> bool:
        return not self._rights.find([role]).may_enter(administered).is_denied

    def _explain_view(self, rights: Rights, coordinate: str) -> Explanation:
        needs = self._needs.get(coordinate) or Needs.of(coordinate)
        sight = look(rights, coordinate, needs)
        lines = _read_lines(line for decision in sight.deciding for line in decision.lines)
        is_shown, is_denied = sight.degree.is_shown, sight.degree is Degree.DENIED
        layer = _find_layer(sight.reason, lines, is_denied=is_denied)
        return Explanation(
            coordinate=coordinate,
            act=Act.VIEW,
            roles=tuple(sorted(rights.roles)),
            effect=Effect(sight.degree),
            reads=str(sight),
            rows=sight.rows,
            masked_rows=sight.masked if is_shown else NO_ROWS,
            aggregate_rows=NO_ROWS if is_denied else sight.aggregate,
            reach=sight.reach,
            mask=sight.mask,
            reason=sight.reason,
            layer=layer,
            lines=lines,
            depends_on=tuple(each for each in needs.named if each != coordinate),
            changed_by=self._find_changers(layer),
            policy_version=rights.policy_version,
        )

    def _explain_act(self, rights: Rights, coordinate: str, act: Act) -> Explanation:
        permission = rights.permit(coordinate, act)
        lines = _read_lines(permission.lines)
        layer = _find_layer(permission.reason, lines, is_denied=permission.is_denied)
        effect = Effect.DENIED if permission.is_denied else Effect.ALLOWED
        return Explanation(
            coordinate=coordinate,
            act=act,
            roles=tuple(sorted(rights.roles)),
            effect=effect,
            reads=f"{effect} {'+'.join(sorted(permission.rows)) or permission.reason}",
            rows=permission.rows,
            masked_rows=NO_ROWS,
            aggregate_rows=NO_ROWS,
            reach=NO_ROWS,
            mask=None,
            reason=permission.reason,
            layer=layer,
            lines=lines,
            depends_on=(),
            changed_by=self._find_changers(layer),
            policy_version=permission.policy_version,
        )

    def _find_changers(self, layer: Layer) -> tuple[str, ...]:
        match layer:
            case Layer.CEILING | Layer.SUBSCRIPTION:
                return ()
            case Layer.KEY:
                return tuple(role for role in self.roles if self._may_administer(role, Administered.KEYS))
            case _:
                return self.list_administrators()


_LAYERS_OF_REASONS = {
    Reason.CEILING: Layer.CEILING,
    Reason.KEY_SCOPE: Layer.KEY,
    Reason.MODULE: Layer.SUBSCRIPTION,
    Reason.SUBSCRIPTION: Layer.SUBSCRIPTION,
}


def _find_layer(reason: Reason | None, lines: Sequence[DecidingLine], *, is_denied: bool) -> Layer:
    if reason in _LAYERS_OF_REASONS:
        return _LAYERS_OF_REASONS[reason]
    layers = {line.layer for line in lines if line.is_deny or not is_denied}
    return next((layer for layer in (Layer.OVERLAY, Layer.DEFAULT) if layer in layers), Layer.NOTHING)


def _read_lines(texts: Iterator[str] | Sequence[str]) -> tuple[DecidingLine, ...]:
    found = dict.fromkeys(texts)
    lines = zip(found, from_csv("\n".join(found)), strict=True)
    return tuple(DecidingLine(text, find_line_layer(line), line.is_deny) for text, line in lines)


def find_line_layer(line: PolicyLine) -> Layer:
    """Answer which layer a line belongs to."""
    if line.dom != EVERYWHERE:
        return Layer.OVERLAY
    return Layer.CEILING if line.is_deny else Layer.DEFAULT
