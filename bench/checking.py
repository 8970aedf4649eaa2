"""Before anything is measured: every server returns the same data, and each denies what it must."""

import time
from collections.abc import Sequence
from typing import Any

import orjson
from dataset import Dataset
from load import UnansweredError, send
from loading import ROLES
from queries import Case, build_denied, build_foreign, count_values, normalise
from targets import Target

_TIMINGS = 2


def check_same_data(targets: Sequence[Target], case: Case) -> dict[str, float]:
    """Compare every answer with the first server's; return how long one request takes each, warm, in seconds."""
    expected: list[Any] = []
    took: dict[str, float] = {}
    for target in targets:
        bodies = case.bodies(target.is_ours)
        found = [_ask(target, body) for body in bodies]
        expected = expected or found
        if found != expected:
            raise SystemExit(f"{target.name} answers {case.name!r} differently from {targets[0].name}")
        took[target.name] = min(_time(target, bodies[0]) for _ in range(_TIMINGS))
    values = count_values(expected[0])
    print(f"- {case.name}: {len(expected)} answer(s) of {values:,} values, the same from {len(targets)} server(s)")
    return took


def check_denials(targets: Sequence[Target], dataset: Dataset) -> None:
    """One role sees a field, another gets null and an error; nobody sees another agency's officer."""
    seeing, denied = ROLES
    for target in targets:
        body = build_denied(is_ours=target.is_ours)
        seen = _list_field(_answer(target, body, seeing))
        hidden = _answer(target, body, denied)
        if not all(seen) or any(_list_field(hidden)) or not hidden.get("errors"):
            raise SystemExit(f"{target.name} does not deny raceEthnicity to {denied}, or denies it to {seeing}")
        if _ask(target, build_foreign(dataset, is_ours=target.is_ours)) != {"officer": None}:
            raise SystemExit(f"{target.name} shows another agency's officer")
    print(f"- raceEthnicity: {seeing} sees it, {denied} gets null and an error; another agency's officer: null")


def _ask(target: Target, body: bytes) -> Any:
    answer = _answer(target, body, ROLES[0])
    if answer.get("errors"):
        raise SystemExit(f"{target.name} answers with errors: {answer['errors'][:1]}")
    return normalise(answer["data"])


def _time(target: Target, body: bytes) -> float:
    started = time.perf_counter()
    _answer(target, body, ROLES[0])
    return time.perf_counter() - started


def _answer(target: Target, body: bytes, role: str) -> Any:
    try:
        return orjson.loads(send(target.process.url, body, target.headers(role)))
    except UnansweredError as error:
        raise SystemExit(f"{target.name}: {error}\n{target.process.tail()}") from error


def _list_field(answer: Any) -> list[Any]:
    return [officer["raceEthnicity"] for officer in normalise(answer["data"])["officers"]]
