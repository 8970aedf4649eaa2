"""The figures as Markdown, and as JSON for a program."""

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from measuring import Sample
from targets import OURS

_HEAD = (
    "query",
    "server",
    "connections",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "server CPU ms",
    "database CPU ms",
    "louver ÷ it: requests/s",
    "louver ÷ it: server CPU",
)


def as_markdown(samples: Sequence[Sample]) -> str:
    """Render one row for each query and server; the ratios say how many times ours does the work of that one."""
    return "\n".join(render_table(_HEAD, [_row(sample, _find_ours(samples, sample)) for sample in samples]))


def render_table(head: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 2) -> Iterator[str]:
    """Render a Markdown table whose first columns are text."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * texts}{'---:|' * (len(head) - texts)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def as_json(samples: Sequence[Sample], machine: dict[str, Any]) -> dict[str, Any]:
    """Everything that was measured."""
    return {"machine": machine, "samples": [{**asdict(sample), "rate": sample.rate} for sample in samples]}


def describe_machine(generator: str, **engine: str) -> dict[str, Any]:
    """Say what the figures hold for."""
    return {
        "cores": os.cpu_count(),
        "processor": _find_processor(),
        "python": platform.python_version(),
        **engine,
        "load": generator,
    }


def _find_processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:  # noqa: PTH123 - a file of the kernel's, not a path of ours
            return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    except OSError:
        return platform.processor() or "unknown"


def _find_ours(samples: Sequence[Sample], like: Sample) -> Sample:
    return next(sample for sample in samples if sample.target == OURS and sample.case == like.case)


def _row(sample: Sample, ours: Sample) -> list[str]:
    is_ours = sample.target == OURS
    cpu = sample.server_cpu_ms / ours.server_cpu_ms if ours.server_cpu_ms else 0.0
    return [
        sample.case,
        sample.target,
        str(sample.connections),
        as_figure(sample.rate),
        as_figure(sample.load.p50_ms),
        as_figure(sample.load.p99_ms),
        as_figure(sample.server_cpu_ms),
        as_figure(sample.database_cpu_ms),
        "" if is_ours else f"{as_figure(ours.rate / sample.rate)} ×",
        "" if is_ours else f"{as_figure(cpu)} ×",
    ]


def as_figure(value: float) -> str:
    """Three significant digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
