"""Whether traces are wanted. Looked at before anything of OpenTelemetry is imported, which takes time and memory."""

from importlib.util import find_spec
from os import environ

import structlog

from louver.errors import MisconfiguredError
from louver.settings import Settings

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_CHOICES = ("", "otlp", "off")
_EXPORTER = "opentelemetry.exporter.otlp.proto.http"


def wants_traces(settings: Settings) -> bool:
    """Answer whether spans are to be sent.

    Raises:
        MisconfiguredError: they are asked for, but what sends them is not installed; or the setting is none of ours.
    """
    if settings.traces not in _CHOICES:
        raise MisconfiguredError("LOUVER_TRACES is neither `otlp` nor `off`", hint="set it to one of them, or unset it")
    if settings.traces == "off" or not (settings.traces or any(environ.get(name) for name in _ENDPOINTS)):
        return False
    if _is_installed():
        return True
    if settings.traces:
        raise MisconfiguredError(
            "traces are asked for, but what sends them is not installed", hint="install `louver[otlp]`"
        )
    # The environment may have been made for all programs of a machine, and not for this one.
    structlog.get_logger().warning("traces.off", reason="the extra `otlp` is not installed")
    return False


def _is_installed() -> bool:
    try:
        return find_spec(_EXPORTER) is not None
    except ModuleNotFoundError:
        return False
