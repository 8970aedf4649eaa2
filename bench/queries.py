"""The queries, in our spelling and in the peer's, and what it takes for two answers to be the same."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from dataset import Dataset

_EIGHT = "id firstName lastName badgeNumber employeeId title rank workEmail"
_TEN = f"{_EIGHT} hireDate employmentStatus"
_RECORD = "id completedOn score hours status certificateNumber"
_POINTS = 64
_ID = re.compile(r"[a-z]+_([0-9a-f]{32})")

Render = Callable[[bool], list[bytes]]
"""The request bodies for us (true) or for the peer; a load walks round them."""


@dataclass(frozen=True, slots=True)
class Case:
    """One query."""

    name: str
    bodies: Render


def build_cases(dataset: Dataset) -> list[Case]:
    """The four that are measured."""
    officers = dataset.officers[dataset.agencies[0]][:_POINTS]
    return [
        Case("point, 8 fields", lambda is_ours: [_point(officer, _EIGHT, is_ours=is_ours) for officer in officers]),
        Case("100 × 10", lambda is_ours: [_page(100, _TEN, is_ours=is_ours)]),
        Case("50 × 10 with course", lambda is_ours: [_page(50, _nested(is_ours=is_ours), is_ours=is_ours)]),
        Case("1,000 × 10", lambda is_ours: [_page(1_000, _TEN, is_ours=is_ours)]),
    ]


def build_denied(*, is_ours: bool) -> bytes:
    """A page with a field that one role sees and the other does not."""
    return _page(5, "id raceEthnicity", is_ours=is_ours)


def build_foreign(dataset: Dataset, *, is_ours: bool) -> bytes:
    """An officer of another agency."""
    return _point(dataset.officers[dataset.agencies[1]][0], _EIGHT, is_ours=is_ours)


def _point(officer: UUID, fields: str, *, is_ours: bool) -> bytes:
    kind = "ID" if is_ours else "UUID"
    text = f"query Point($id: {kind}!) {{ officer(id: $id) {{ {fields} }} }}"
    return _body(text, {"id": f"officer_{officer.hex}" if is_ours else str(officer)})


def _page(size: int, fields: str, *, is_ours: bool) -> bytes:
    text = f"query Page($first: Int!) {{ officers(first: $first) {{ {_rows(fields, is_ours=is_ours)} }} }}"
    return _body(text, {"first": size})


def _nested(*, is_ours: bool) -> str:
    records = _rows(f"{_RECORD} course {{ title }}", is_ours=is_ours)
    return (
        f"id firstName lastName badgeNumber rank title workEmail employmentStatus trainings(first: 10) {{ {records} }}"
    )


def _rows(fields: str, *, is_ours: bool) -> str:
    return f"nodes {{ {fields} }}" if is_ours else fields


def _body(query: str, variables: dict[str, Any]) -> bytes:
    return orjson.dumps({"query": query, "variables": variables})


def normalise(value: Any) -> Any:
    """Spell an answer's data one way: ids as bare UUIDs, connections as their lists."""
    if isinstance(value, dict):
        if set(value) == {"nodes"}:
            return normalise(value["nodes"])
        return {key: normalise(item) for key, item in value.items()}
    if isinstance(value, list):
        return [normalise(item) for item in value]
    match = _ID.fullmatch(value) if isinstance(value, str) else None
    return str(UUID(match[1])) if match else value


def count_values(value: Any) -> int:
    """How many leaves an answer has."""
    if isinstance(value, dict | list):
        items: Sequence[Any] = list(value.values()) if isinstance(value, dict) else value
        return sum(map(count_values, items))
    return 1
