"""Enforcer: Casbin over expanded lines, built once and never changed."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from threading import Lock
from typing import Any, NamedTuple, Self

import casbin
from casbin.persist import Adapter

from louver.authz.lines import PolicyLine
from louver.authz.shipped import MODEL_PATH

# Leak: Casbin logs each deny with its subject, and at load the whole policy.
logging.getLogger("casbin").setLevel(logging.CRITICAL + 1)

_INDEX = (PolicyLine._fields.index("obj"), PolicyLine._fields.index("act"))
"""Casbin visits only the lines of the request's coordinate and verb, so a decision's cost is not the policy's size."""


class Rule(NamedTuple):
    """A policy line for one coordinate, and the line as written that it comes from."""

    line: PolicyLine
    source: PolicyLine


class Enforcer:
    """Answers whether a role set may do something. Safe to share between threads."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        by_index: defaultdict[tuple[str, str], list[Rule]] = defaultdict(list)
        for rule in rules:
            by_index[rule.line.obj, rule.line.act].append(rule)
        self._rules = {key: tuple(found) for key, found in by_index.items()}
        self._lock = Lock()
        self.lines_visited = 0
        """How many lines Casbin has looked at, ever."""
        self._casbin = casbin.FastEnforcer(str(MODEL_PATH), _Lines(self._rules.values()), cache_key_order=_INDEX)
        self._casbin.add_function("has_role", self._has_role)

    @classmethod
    def for_overlay(cls, base: Self, overlay: Collection[Rule]) -> Self:
        """Build the enforcer for what an agency's lines touch: those lines beside the base's for the same keys."""
        touched = {(rule.line.obj, rule.line.act) for rule in overlay}
        return cls([*(rule for key in touched for rule in base.list_rules(*key)), *overlay])

    def list_rules(self, coordinate: str, act: str) -> tuple[Rule, ...]:
        """List the rules about a coordinate and verb, whoever they are for."""
        return self._rules.get((coordinate, act), ())

    def covers(self, coordinate: str, act: str) -> bool:
        """Tell whether there is any rule about a coordinate and verb."""
        return (coordinate, act) in self._rules

    def allows(self, roles: frozenset[str], domain: str, coordinate: str, act: str, rows: str) -> bool:
        """Ask Casbin: some line allows it to one of the roles, and none forbids it to any of them.

        Leak: the index is a filter that Casbin keeps on the shared model while it looks, so two threads
        at once would judge by each other's lines; hence the lock.
        """
        with self._lock:
            return bool(self._casbin.enforce(roles, domain, coordinate, act, rows))

    def _has_role(self, roles: frozenset[str], sub: str) -> bool:
        self.lines_visited += 1
        return sub in roles


class _Lines(Adapter):  # type: ignore[misc]  # casbin has no types
    def __init__(self, groups: Iterable[tuple[Rule, ...]]) -> None:
        self._groups = groups

    def load_policy(self, model: Any) -> None:
        policy = model["p"]["p"].policy
        for rules in self._groups:
            for rule in rules:
                policy.append(rule.line)
