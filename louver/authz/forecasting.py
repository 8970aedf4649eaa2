"""Forecasts: recorded operations as a key would be answered that does not exist yet. Pure: no log, no store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from louver.authz.preview import Recorded
from louver.authz.rights import Rights
from louver.authz.sights import Degree, Needs, Sight, look
from louver.authz.vocabulary import DeniedMode


class Outlook(StrEnum):
    """What would become of an operation, the worst first."""

    BREAKS = "BREAKS"
    """Nothing of it would be answered."""
    LOSES = "LOSES"
    """Fields would be denied; where it filters or orders by one of them, it would be refused."""
    RUNS = "RUNS"
    """All would be answered, on the rows in reach and masked where it is masked."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One operation, whoever sent it."""

    outlook: Outlook
    recorded: Recorded
    denied: Sequence[str]
    """What the key would not be shown of it."""
    masked: Sequence[str]


def forecast(
    rights: Rights, needs: Mapping[str, Needs], recorded: Iterable[Recorded], mode: str = DeniedMode.ERRORS
) -> list[Forecast]:
    """Forecast each document, the worst first and then the most often sent."""
    order = list(Outlook)
    found = [_forecast(rights, needs, each, mode) for each in _merge(recorded)]
    return sorted(found, key=lambda each: (order.index(each.outlook), -each.recorded.times))


def _forecast(rights: Rights, needs: Mapping[str, Needs], recorded: Recorded, mode: str) -> Forecast:
    roots = [needs.get(root) for root in recorded.roots]
    is_counting = bool(roots) and all(each is not None and each.is_count for each in roots)
    sights = [look(rights, each, needs.get(each), is_counting=is_counting) for each in sorted(recorded.coordinates)]
    denied = _list(sights, Degree.DENIED)
    return Forecast(_judge(recorded, denied, mode), recorded, denied, _list(sights, Degree.MASKED))


def _judge(recorded: Recorded, denied: Sequence[str], mode: str) -> Outlook:
    is_rejecting = mode in (DeniedMode.REJECT, DeniedMode.HIDE)
    if denied and (is_rejecting or recorded.roots <= set(denied)):
        return Outlook.BREAKS
    return Outlook.LOSES if denied else Outlook.RUNS


def _list(sights: Iterable[Sight], degree: Degree) -> list[str]:
    return [sight.coordinate for sight in sights if sight.degree is degree]


def _merge(recorded: Iterable[Recorded]) -> list[Recorded]:
    """Take together what was recorded of one operation, whoever sent it and whatever came of it."""
    merged: dict[tuple[str, str | None], Recorded] = {}
    for each in recorded:
        key = (each.document_hash, each.operation_name)
        known = merged.get(key)
        merged[key] = each if known is None else _add(known, each)
    return list(merged.values())


def _add(known: Recorded, other: Recorded) -> Recorded:
    return replace(
        known,
        roles=known.roles | other.roles,
        coordinates=known.coordinates | other.coordinates,
        denied=known.denied | other.denied,
        times=known.times + other.times,
        last_at=max(known.last_at, other.last_at),
    )
