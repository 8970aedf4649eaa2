"""Which records were removed, as a certificate says it: whole stretches of each writer's chain."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID


class Place(NamedTuple):
    """Where a removed record stands, or stood."""

    writer: UUID
    sequence: int
    day: date
    previous_hash: bytes
    hash: bytes


class Stretch(NamedTuple):
    """Neighbours on one writer's chain, from the first to the last, with the hashes that the chain goes on by."""

    writer: UUID
    first: int
    last: int
    previous_hash: bytes
    last_hash: bytes


def join_places(places: Iterable[Place]) -> list[Stretch]:
    """Join neighbours."""
    stretches: list[Stretch] = []
    for writer, sequence, _, previous_hash, last_hash in sorted(places):
        before = stretches[-1] if stretches else None
        if before and (before.writer, before.last) == (writer, sequence - 1):
            stretches[-1] = before._replace(last=sequence, last_hash=last_hash)
        else:
            stretches.append(Stretch(writer, sequence, sequence, previous_hash, last_hash))
    return stretches


def as_erased(stretches: Iterable[Stretch]) -> dict[str, list[list[Any]]]:
    """Say which records may be erased."""
    return _by_writer(stretches, lambda each: [each.first, each.last])


def as_deleted(stretches: Iterable[Stretch]) -> dict[str, list[list[Any]]]:
    """Say which may be missing, and by what hashes the chain holds across them."""
    return _by_writer(stretches, lambda each: [each.first, each.last, each.previous_hash.hex(), each.last_hash.hex()])


def count_records(said: Mapping[str, Sequence[Sequence[Any]]]) -> int:
    """Count the records in what was said."""
    return sum(stretch[1] - stretch[0] + 1 for stretches in said.values() for stretch in stretches)


def _by_writer(stretches: Iterable[Stretch], render: Callable[[Stretch], list[Any]]) -> dict[str, list[list[Any]]]:
    said: dict[str, list[list[Any]]] = {}
    for each in stretches:
        said.setdefault(str(each.writer), []).append(render(each))
    return said
