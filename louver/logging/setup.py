"""Sets logging up: JSON lines on standard error, the standard library's loggers through the same renderer."""

import contextlib
import logging
import sys
from typing import Any, BinaryIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from louver.errors import MisconfiguredError
from louver.logging.redaction import redact_exception, redact_foreign

RECORDS = "records"
"""Under this key of an event: names of events, hashes and texts of access records, which get a line each."""
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def configure_logging(level: str = "INFO", stream: BinaryIO | None = None) -> None:
    """Route everything that this process says to `stream` (standard error), one JSON object per line.

    Raises:
        MisconfiguredError: no such level.
    """
    number = _level_number(level)
    common: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact_exception,
    ]
    output: Any = _Output(stream)
    structlog.configure(
        processors=[*common, _render_bytes],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(output),
        cache_logger_on_first_use=False,
    )
    _route_standard_library(number, output, common)


def _level_number(level: str) -> int:
    name = level.upper()
    if name not in _LEVELS:
        raise MisconfiguredError("LOUVER_LOG_LEVEL is not a level", hint=f"set it to one of {', '.join(_LEVELS)}")
    return int(getattr(logging, name))


def _route_standard_library(level: int, output: "_Output", common: list[Processor]) -> None:
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            use_get_message=False,
            pass_foreign_args=True,
            foreign_pre_chain=[redact_foreign, *common],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _render_text],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"  # the access record says it better, and without the query string


class _Output:
    """Where both write to, bytes and text, so that lines do not interleave.

    A stream that is closed or full loses lines and nothing else: a log line is not worth an answer, and what must be
    kept is in the store. Standard error is looked up at each write, since it may be replaced after this was set up.
    """

    def __init__(self, stream: BinaryIO | None) -> None:
        self._stream = stream

    def write(self, line: bytes | str) -> None:
        content = line.encode("utf-8", "backslashreplace") if isinstance(line, str) else line
        with contextlib.suppress(OSError, ValueError):
            self._target.write(content)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._target.flush()

    @property
    def _target(self) -> BinaryIO:
        return self._stream or sys.stderr.buffer


def _render_bytes(_logger: WrappedLogger, _method: str, event: EventDict) -> bytes:
    records = event.pop(RECORDS, None)
    if records is None:
        return _dump(event)
    del event["event"]
    common = _dump(event)[1:]
    return b"\n".join(
        [
            b'{"hash":"%b","record":%b,"event":"%b",%b' % (digest.hex().encode(), text, name.encode(), common)
            for name, digest, text in records
        ]
    )


def _dump(event: EventDict) -> bytes:
    return orjson.dumps(event, default=_as_plain, option=orjson.OPT_UTC_Z)


def _render_text(logger: WrappedLogger, method: str, event: EventDict) -> str:
    return _render_bytes(logger, method, event).decode()


def _as_plain(value: Any) -> str:
    """Render what JSON cannot hold. Leak: an unknown object by its type, since its repr may hold values."""
    return value.hex() if isinstance(value, bytes) else f"<{type(value).__name__}>"
