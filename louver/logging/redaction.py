"""What keeps values out of log lines: errors without their words, foreign messages without their arguments."""

import sys
import traceback
from logging import LogRecord
from types import TracebackType
from typing import Any

from structlog.typing import EventDict, WrappedLogger

from louver.errors import LouverError

_TRUSTED_LOGGERS = ("uvicorn", "louver", "alembic")
"""Whose message arguments are addresses, ports and revisions; every other library's may be rows or parameters."""
_FRAMES_MAX = 20


def describe_exception(error: BaseException) -> dict[str, Any]:
    """Render type and place.

    Leak: not the words. A driver's error quotes the row that it refused, a ValueError the value, and local variables
    hold both. Only our own errors speak.
    """
    described: dict[str, Any] = {"type": f"{type(error).__module__}.{type(error).__qualname__}"}
    if isinstance(error, LouverError):
        described["message"] = error.message
    described["frames"] = _frames(error.__traceback__)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        described["cause"] = f"{type(cause).__module__}.{type(cause).__qualname__}"
    return described


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_FRAMES_MAX:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def redact_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Structlog processor: replace `exc_info` by its type and place."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["exception"] = describe_exception(error)
    return event


def redact_foreign(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Structlog processor for records of other libraries: decide how much of the message may be told."""
    record, arguments = event["_record"], event.pop("positional_args", ())
    event.pop("stack_info", None)
    event["logger"] = record.name
    event["event"] = _tell(record, arguments)
    return event


def _tell(record: LogRecord, arguments: Any) -> str:
    """Answer what may be told.

    Leak: an untrusted library's message is told as its template. Without arguments it may have been formatted
    already, with values in it, so then only its place is told.
    """
    text = str(record.msg).strip()
    if record.name.split(".")[0] in _TRUSTED_LOGGERS:
        return text % arguments if arguments else text
    return text if arguments else f"message withheld, said at {record.pathname}:{record.lineno}"
