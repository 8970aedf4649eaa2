"""The steps of an operation, for traces. Whoever starts none pays for one look at a context variable."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from typing import Any

StartStep = Callable[[str], AbstractContextManager[Any]]

STARTER: ContextVar[StartStep | None] = ContextVar("louver_start_step", default=None)
"""What starts a step of the operation under way, where it is traced."""
TRACE_ID: ContextVar[str | None] = ContextVar("louver_trace_id", default=None)
"""Of the operation under way, where it is traced."""

_UNTRACED = nullcontext()
_PARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")


def step(name: str) -> AbstractContextManager[Any]:
    """Time what is done within a `with`. Leak: a name of ours, never a text of the client's."""
    start = STARTER.get()
    return _UNTRACED if start is None else start(name)


def find_trace_id(traceparent: str | None) -> str | None:
    """Answer the trace that the operation under way belongs to: its own, or the client's."""
    return TRACE_ID.get() or read_trace_id(traceparent)


def read_trace_id(traceparent: str | None) -> str | None:
    """Take the trace id out of a `traceparent` header, as W3C's Trace Context spells it; None where it is none.

    Leak: nothing else of it is believed. Its flags would let a client choose what is sampled.
    """
    parent = _PARENT.fullmatch(traceparent) if traceparent else None
    if parent is None or (parent[1] == "00" and parent[3]):
        return None
    return parent[2]
