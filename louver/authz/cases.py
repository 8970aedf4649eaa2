"""Policy cases: who asks, for what, and what is wanted of the answer and of the log. Written in YAML, run in CI."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml

from louver.authz.explaining import Effect
from louver.authz.vocabulary import DeniedMode, Mask, Reason, Rows
from louver.errors import InvalidInputError

_HINT = "see docs/policy.md"
_CASE_KEYS = frozenset({"title", "who", "what", "variables", "want", "log"})
_WHO_KEYS = frozenset({"roles", "scopes", "modules", "subscription", "denied_mode"})
_WANTED_KEYS = frozenset({"effect", "rows", "masked_rows", "mask", "reason"})
_LOG_KEYS = frozenset({"event", "outcome", "returned", "denied", "masked", "suppressed"})
_FILE_KEYS = frozenset({"policy", "cases"})

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks."""

    roles: tuple[str, ...]
    scopes: tuple[str, ...] | None = None
    """Of a key; None for all that its roles have."""
    modules: tuple[str, ...] | None = None
    """What the agency subscribes to; None for whatever the agency that is tested does."""
    subscription: str | None = None
    denied_mode: DeniedMode = DeniedMode.ERRORS


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of one coordinate; what is left out is not looked at."""

    effect: Effect
    rows: frozenset[Rows] | None = None
    masked_rows: frozenset[Rows] | None = None
    mask: Mask | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class WantedLog:
    """What is wanted of the access record; what is left out is not looked at."""

    facts: Mapping[str, str] = field(default_factory=dict)
    """`event` and `outcome`."""
    coordinates: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Under `returned`, `denied`, `masked` and `suppressed`: exactly these."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case. Without an operation it is about decisions alone."""

    title: str
    who: Who
    wanted: Mapping[str, Wanted]
    operation: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    log: WantedLog = field(default_factory=WantedLog)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All cases of one file, and the policy file that it names."""

    cases: tuple[Case, ...]
    policy: str | None = None


def read_cases(text: str) -> CaseFile:
    """Parse a file of cases.

    Raises:
        InvalidInputError: it is no YAML, or not of this form; which case is told.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidInputError(f"the cases are not YAML: {error}", hint=_HINT) from error
    _require_keys("the file", content, _FILE_KEYS, {"cases"})
    cases = content["cases"]
    if not isinstance(cases, list) or not cases:
        raise InvalidInputError("`cases` is not a list of cases", hint=_HINT)
    return CaseFile(tuple(_read_case(number, case) for number, case in enumerate(cases, 1)), content.get("policy"))


def _read_case(number: int, content: Any) -> Case:
    place = f"case {number}"
    _require_keys(place, content, _CASE_KEYS, {"title", "who", "what", "want"})
    place = f"case {number}, {content['title']!r}"
    what = str(content["what"])
    is_operation = "{" in what
    wanted = content["want"] if is_operation else _about(what, content["want"])
    _require_mapping(f"{place}, want", wanted)
    if not is_operation and "log" in content:
        raise InvalidInputError(f"{place}: only an operation is logged", hint="write a GraphQL operation as `what`")
    return Case(
        title=str(content["title"]),
        who=_read_who(f"{place}, who", content["who"]),
        wanted={str(name): _read_wanted(f"{place}, {name}", each) for name, each in wanted.items()},
        operation=what if is_operation else None,
        variables=content.get("variables") or {},
        log=_read_log(f"{place}, log", content.get("log") or {}),
    )


def _about(coordinate: str, wanted: Any) -> Any:
    """Read what is wanted of the one coordinate that is asked about."""
    is_of_others = isinstance(wanted, Mapping) and "effect" not in wanted
    return wanted if is_of_others else {coordinate: wanted}


def _read_who(place: str, content: Any) -> Who:
    _require_keys(place, content, _WHO_KEYS, {"roles"})
    optional = {name: _read_names(place, content[name]) for name in ("scopes", "modules") if name in content}
    return Who(
        roles=_read_names(place, content["roles"]),
        scopes=optional.get("scopes"),
        modules=optional.get("modules"),
        subscription=content.get("subscription"),
        denied_mode=_read_value(place, DeniedMode, content.get("denied_mode", DeniedMode.ERRORS)),
    )


def _read_wanted(place: str, content: Any) -> Wanted:
    content = {"effect": content} if isinstance(content, str) else content
    _require_keys(place, content, _WANTED_KEYS, {"effect"})
    rows = {
        name: frozenset(_read_value(place, Rows, each) for each in _read_names(place, content[name]))
        for name in ("rows", "masked_rows")
        if name in content
    }
    return Wanted(
        effect=_read_value(place, Effect, str(content["effect"]).upper()),
        rows=rows.get("rows"),
        masked_rows=rows.get("masked_rows"),
        mask=_read_value(place, Mask, content["mask"]) if "mask" in content else None,
        reason=_read_value(place, Reason, content["reason"]) if "reason" in content else None,
    )


def _read_log(place: str, content: Any) -> WantedLog:
    _require_keys(place, content, _LOG_KEYS)
    facts = {name: str(content[name]) for name in ("event", "outcome") if name in content}
    lists = {name: frozenset(_read_names(place, content[name])) for name in content if name not in facts}
    return WantedLog(facts, lists)


def _read_names(place: str, content: Any) -> tuple[str, ...]:
    names = [content] if isinstance(content, str) else content
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidInputError(f"{place}: {content!r} is not a list of names", hint=_HINT)
    return tuple(names)


def _read_value(place: str, kind: Callable[[Any], Value], text: Any) -> Value:
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(str(each) for each in kind)  # type: ignore[attr-defined]  # an enum
        raise InvalidInputError(f"{place}: {text!r} is not one of {known}", hint=_HINT) from None


def _require_keys(place: str, content: Any, known: frozenset[str], needed: set[str] | None = None) -> None:
    _require_mapping(place, content)
    unknown = sorted(map(str, set(content) - known))
    if unknown:
        raise InvalidInputError(f"{place} has no {unknown[0]!r}", hint=f"it has {', '.join(sorted(known))}")
    missing = sorted((needed or set()) - set(content))
    if missing:
        raise InvalidInputError(f"{place} lacks {missing[0]!r}", hint=_HINT)


def _require_mapping(place: str, content: Any) -> None:
    if not isinstance(content, Mapping):
        raise InvalidInputError(f"{place} is not a mapping", hint=_HINT)
