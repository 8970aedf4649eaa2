"""From a driver's raw value to response data, as Python source that the completer is compiled from."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from louver.db.codes import CodedEnum
from louver.resolvers.catalogue import Column, Entity, Kind

Namespace = dict[str, Any]
_BOOLEANS = {None: None, 0: False, 1: True}


def render_source(column: Column, entity: Entity, index: int, dialect: str, namespace: Namespace) -> str:
    """Write the expression that renders `r[index]`, adding what it calls to `namespace`."""
    raw = f"r[{index}]"
    if column.kind is Kind.ID:
        return f"{entity.prefix + '_'!r} + {raw}" + (".hex" if dialect == "postgresql" else "")
    if column.kind is Kind.CODE:
        return f"{_register(namespace, _names(column))}.get({raw}, {_fallback(column)!r})"
    if column.kind in (Kind.CODES, Kind.TEXTS):
        return f"{_register(namespace, _list_renderer(column, dialect))}({raw})"
    if dialect == "sqlite" and column.kind is Kind.BOOLEAN:
        return f"{_register(namespace, _BOOLEANS)}[{raw}]"
    if dialect == "sqlite" and column.kind is Kind.INSTANT:
        return f"{_register(namespace, _trim_instant)}({raw})"
    return raw


def _register(namespace: Namespace, value: Any) -> str:
    name = f"x{id(value)}"
    namespace[name] = value
    return name


_NAMES: dict[type[CodedEnum], dict[str | None, str | None]] = {}


def _names(column: Column) -> dict[str | None, str | None]:
    assert column.codes is not None  # noqa: S101 - narrows the type; the declaration checked it
    if column.codes not in _NAMES:
        _NAMES[column.codes] = {None: None, **{code.value: code.name for code in column.codes}}
    return _NAMES[column.codes]


def _fallback(column: Column) -> str | None:
    """What a code shows that a newer version wrote and this one does not know."""
    names = _names(column).values()
    return next((name for name in ("OTHER", "UNKNOWN") if name in names), None)


@cache  # one function per column: sources are compared to find look-ups of one shape
def _list_renderer(column: Column, dialect: str) -> Callable[[Any], list[Any] | None]:
    load: Callable[[Any], list[Any]] = json.loads if dialect == "sqlite" else list
    if column.kind is Kind.TEXTS:
        return lambda raw: None if raw is None else load(raw)
    names, fallback = _names(column), _fallback(column)
    return lambda raw: None if raw is None else [names.get(code, fallback) for code in load(raw)]


def _trim_instant(text: str | None) -> str | None:
    """Drop a fraction of nothing, as the other engine's renderer does."""
    return text.replace(".000000Z", "Z") if text is not None else None
