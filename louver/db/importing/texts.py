"""From a cell's text to the value of a field."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from louver.db.codes import AgeBand, CodedEnum
from louver.db.importing.rules import FieldRule
from louver.db.importing.targets import Shape

TRUE, FALSE = frozenset({"true", "yes", "y", "1"}), frozenset({"false", "no", "n", "0"})
_WHOLE = re.compile(r"[0-9]{1,10}(\.0+)?")
_WHOLE_MAX = 2**31 - 1
_HUNDREDTHS = Decimal(100)


class UnreadableError(Exception):
    """A text that the field cannot hold. Leak: the reason never repeats the text, because reports get around."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reading(NamedTuple):
    """What a text says: None where it says nothing."""

    value: Any
    is_uncoded: bool = False
    """There is no code for it, so the text itself has to be kept."""


_NOTHING = Reading(None)


def interpret(rule: FieldRule, text: str, zone: tzinfo) -> Reading:
    """Read a trimmed text. `zone` is where a time without a zone was written down.

    Raises:
        UnreadableError: it is not what the field holds.
    """
    if not text or text.casefold() in rule.unknown:
        return _NOTHING
    if rule.keywords:
        return Reading(_classify(rule, text))
    if rule.true_if:
        return Reading(text.casefold() in rule.true_if)
    ours = text if rule.values is None else rule.values.get(text.casefold())
    if ours is None and rule.target.shape is not Shape.TEXT:
        return _keep(rule)
    return _NOTHING if ours == "" else _convert(rule, ours or text, zone)


def parse_day(formats: tuple[str, ...], text: str) -> date:
    """Read a date.

    Raises:
        UnreadableError: it has none of the formats.
    """
    return _parse_time(formats, text).date()


def _convert(rule: FieldRule, text: str, zone: tzinfo) -> Reading:
    if rule.target.codes is not None:
        return _find_code(rule, rule.target.codes, text)
    if rule.target.shape is Shape.TRUTH:
        return _find_truth(rule, text)
    return Reading(_PARSERS[rule.target.shape](rule, text, zone))


def _classify(rule: FieldRule, text: str) -> CodedEnum | None:
    codes = rule.target.codes
    found = (name for name, pattern in rule.keywords if pattern.search(text))
    return codes[next(found, "UNKNOWN")] if codes else None


def _keep(rule: FieldRule) -> Reading:
    codes = rule.target.codes
    if codes is None:
        return Reading(None, is_uncoded=True)
    members = codes.__members__
    return Reading(members.get("OTHER") or members.get("UNKNOWN"), is_uncoded=True)


def _find_code(rule: FieldRule, codes: type[CodedEnum], text: str) -> Reading:
    if rule.is_age:
        return Reading(AgeBand.from_age(_parse_whole(rule, text)))
    member = codes.__members__.get(text)
    return Reading(member) if member is not None else _keep(rule)


def _find_truth(rule: FieldRule, text: str) -> Reading:
    word = text.casefold()
    return Reading(word in TRUE) if word in TRUE or word in FALSE else _keep(rule)


def _parse_text(_rule: FieldRule, text: str, _zone: tzinfo) -> str:
    return text


def _parse_whole(_rule: FieldRule, text: str, _zone: tzinfo | None = None) -> int:
    if not _WHOLE.fullmatch(text) or (value := int(text.partition(".")[0])) > _WHOLE_MAX:
        raise UnreadableError("is not a whole number from 0")
    return value


def _parse_decimal(_rule: FieldRule, text: str, _zone: tzinfo) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise UnreadableError("is not a number") from error
    if not math.isfinite(value):
        raise UnreadableError("is not a number")
    return value


def _parse_hours(_rule: FieldRule, text: str, _zone: tzinfo) -> int:
    try:
        hundredths = Decimal(text) * _HUNDREDTHS
    except InvalidOperation as error:
        raise UnreadableError("is not a number of hours") from error
    if not hundredths.is_finite() or not 0 <= hundredths <= _WHOLE_MAX:
        raise UnreadableError("is not a number of hours from 0")
    if hundredths != hundredths.to_integral_value():
        raise UnreadableError("has more than two decimals, and hours are kept in hundredths")
    return int(hundredths)


def _parse_instant(rule: FieldRule, text: str, zone: tzinfo) -> datetime:
    moment = _parse_time(rule.formats, text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _parse_day(rule: FieldRule, text: str, _zone: tzinfo) -> date:
    return parse_day(rule.formats, text)


def _parse_time(formats: tuple[str, ...], text: str) -> datetime:
    for form in formats:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - a zone that is not in the text is the agency's
        except ValueError:
            continue
    raise UnreadableError(f"is not a date as {' or '.join(formats)}")


_PARSERS: dict[Shape, Callable[[FieldRule, str, tzinfo], Any]] = {
    Shape.TEXT: _parse_text,
    Shape.TEXTS: _parse_text,
    Shape.WHOLE: _parse_whole,
    Shape.DECIMAL: _parse_decimal,
    Shape.HOURS: _parse_hours,
    Shape.DAY: _parse_day,
    Shape.INSTANT: _parse_instant,
}
