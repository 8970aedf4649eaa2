"""Snapshot: one version of the whole policy, immutable. A change makes a new one and swaps a pointer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache
from itertools import chain
from typing import Self
from uuid import UUID

from louver.authz import shipped
from louver.authz.agency_policy import AgencyPolicy, digest_lines, expand_lines
from louver.authz.coordinates import Coordinates
from louver.authz.enforcer import Enforcer
from louver.authz.lines import EVERYWHERE, PolicyLine, as_domain, list_faults
from louver.authz.policy import CEILINGS
from louver.authz.rights import Rights, Standing
from louver.authz.sentinels import ALLOWED, FORBIDDEN, require_sentinels
from louver.authz.vocabulary import Role
from louver.errors import MisconfiguredError

_ACTIVE = "ACTIVE"
_STANDINGS_KEPT = 4096
_FAULTS_SHOWN = 5


class Snapshot:
    """The default policy and every agency's overlay. Make one with `load` or `build`."""

    def __init__(
        self, defaults: Sequence[PolicyLine], overlays: Mapping[str, Sequence[PolicyLine]], coordinates: Coordinates
    ) -> None:
        self._coordinates = coordinates
        self._overlays = dict(overlays)
        self._base = Enforcer(expand_lines(defaults, coordinates))
        require_sentinels(self._base, (*ALLOWED, *FORBIDDEN))
        self._policies = {EVERYWHERE: AgencyPolicy(EVERYWHERE, self._base, None, digest_lines(defaults))}

        def build_rights(standing: Standing, policy: AgencyPolicy) -> Rights:
            return Rights(standing, policy, coordinates)

        self._get_rights = lru_cache(_STANDINGS_KEPT)(build_rights)
        self._expand_scopes = lru_cache(_STANDINGS_KEPT)(coordinates.expand_scopes)
        self._list_closed = lru_cache(_STANDINGS_KEPT)(coordinates.list_closed)

    @classmethod
    def load(cls, overlay_lines: Iterable[PolicyLine] = ()) -> Self:
        """Build from the shipped default policy and the agencies' own lines.

        Raises:
            MisconfiguredError: a line is malformed, or the policy fails its sentinels. Keep the snapshot you have.
        """
        return cls.build(shipped.read_policy(), overlay_lines)

    @classmethod
    def build(cls, defaults: Iterable[PolicyLine], overlay_lines: Iterable[PolicyLine] = ()) -> Self:
        """Build from any default lines; `load` says the rest."""
        coordinates = shipped.read_coordinates()
        default_lines, overlays = tuple(defaults), _group_by_domain(overlay_lines)
        faults = list_faults(chain(default_lines, *overlays.values()), coordinates.names)
        faults += [f"{ceiling}: this ceiling is missing" for ceiling in CEILINGS if ceiling not in default_lines]
        faults += [f"{line}: a default line holds everywhere" for line in default_lines if line.dom != EVERYWHERE]
        faults += [f"{line}: an overlay line names its agency" for line in overlays.get(EVERYWHERE, ())]
        _require_none(faults)
        return cls(default_lines, overlays, coordinates)

    def with_overlay(self, agency_id: UUID, lines: Iterable[PolicyLine]) -> Self:
        """Make the snapshot in which one agency's own lines are these.

        The new one and this share all else, decisions included: what one agency changes costs the others nothing.

        Raises:
            MisconfiguredError: a line is malformed or another agency's, or the policy fails its sentinels.
        """
        domain, overlay = as_domain(agency_id), tuple(lines)
        faults = list_faults(overlay, self._coordinates.names)
        _require_none([*faults, *(f"{line}: it is not this agency's" for line in overlay if line.dom != domain)])
        changed = copy(self)
        changed._replace_overlay(domain, overlay)  # noqa: SLF001  # the copy that nobody else has yet
        return changed

    @property
    def version(self) -> str:
        """Tells this snapshot from any other. Callers get their agency's own version, see `Rights.policy_version`."""
        return digest_lines(chain.from_iterable(self._overlays.values()), self._policies[EVERYWHERE].version)

    @property
    def coordinates(self) -> frozenset[str]:
        """Every classified `Type.field`. The schema has to have the same."""
        return self._coordinates.fields

    @property
    def types(self) -> frozenset[str]:
        """Every type whose rows the policy knows."""
        return self._coordinates.types

    def knows(self, coordinate: str) -> bool:
        """Tell whether a coordinate is classified; every other is denied to everyone."""
        return self._coordinates.find_governing(coordinate) is not None

    @property
    def lines_visited(self) -> int:
        """How many lines Casbin has looked at, ever."""
        return self._base.lines_visited + sum(policy.lines_visited for policy in self._policies.values())

    def rights(
        self,
        agency_id: UUID,
        roles: Collection[str],
        *,
        scopes: Collection[str] | None = None,
        narrowed: Collection[str] = (),
        modules: Collection[str],
        subscription: str,
    ) -> Rights:
        """Find the rights of a role set in an agency, at the cost of a look-up.

        `scopes`: what a key was issued for, as coordinates, types, `Type.*` or field groups, with verbs or without;
        None for all its roles have. `narrowed`: see `Standing`. `modules` and `subscription`: the codes of the agency's
        modules and of its subscription's state.
        """
        policy = self._get_policy(as_domain(agency_id))
        standing = Standing(
            domain=policy.domain,
            policy_version=policy.version,
            roles=frozenset(map(str, roles)),
            scope=None if scopes is None else self._expand_scopes(frozenset(scopes)),
            narrowed=frozenset(narrowed),
            closed=frozenset() if scopes is None else self._list_closed(frozenset(scopes)),
            modules=frozenset(map(str, modules)) & self._coordinates.modules,
            is_ended=subscription != _ACTIVE and Role.AGENCY_ADMIN not in roles,
            is_writable=subscription == _ACTIVE,
        )
        return self._get_rights(standing, policy)

    def _replace_overlay(self, domain: str, overlay: tuple[PolicyLine, ...]) -> None:
        self._overlays = {name: kept for name, kept in self._overlays.items() if name != domain}
        self._policies = {name: kept for name, kept in self._policies.items() if name != domain}
        if overlay:
            self._overlays[domain] = overlay
            self._policies[domain] = self._build_policy(domain, overlay)

    def _get_policy(self, domain: str) -> AgencyPolicy:
        if domain not in self._overlays:
            return self._policies[EVERYWHERE]
        if domain not in self._policies:
            self._policies[domain] = self._build_policy(domain, self._overlays[domain])
        return self._policies[domain]

    def _build_policy(self, domain: str, lines: Sequence[PolicyLine]) -> AgencyPolicy:
        overlay = Enforcer.for_overlay(self._base, tuple(expand_lines(lines, self._coordinates)))
        require_sentinels(overlay, FORBIDDEN, domain)
        return AgencyPolicy(domain, self._base, overlay, digest_lines(lines, self._policies[EVERYWHERE].version))


def _require_none(faults: Sequence[str]) -> None:
    if faults:
        raise MisconfiguredError(
            f"the policy has {len(faults)} faulty lines: {'; '.join(faults[:_FAULTS_SHOWN])}",
            hint="correct or remove these lines",
        )


def _group_by_domain(lines: Iterable[PolicyLine]) -> dict[str, tuple[PolicyLine, ...]]:
    grouped: defaultdict[str, list[PolicyLine]] = defaultdict(list)
    for line in lines:
        grouped[line.dom].append(line)
    return {domain: tuple(found) for domain, found in grouped.items()}
