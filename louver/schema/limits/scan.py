"""The first look at a document: its tokens, and how deep its brackets go, before a parser that recurses has it."""

import re

from louver.schema.limits.limits import Limits, exceed

NESTING_MAX = 100
"""Levels of brackets of all kinds. Not a setting: more would be more than the parser's recursion holds."""
_TOKEN = re.compile(
    r'#[^\n\r]*|"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?|"[^"\\\n\r]*+(?:\\.[^"\\\n\r]*+)*+"?'
    r"|\.\.\.|[_A-Za-z][_0-9A-Za-z]*|-?[0-9][0-9.eE+-]*|[!$&()\:=@\[\]{|}]",
    re.DOTALL,
)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


def scan(text: str, limits: Limits) -> int:
    """Count the tokens of a document, in time that grows no faster than its length.

    Raises:
        LimitExceededError: the text is too long, has too many tokens, or is nested too deeply.
    """
    limits.require("document", len(text))
    tokens = [token for token in _TOKEN.findall(text) if token[0] != "#"]
    limits.require("tokens", len(tokens))
    depth = deepest = 0
    for token in tokens:
        if token in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif token in _CLOSING:
            depth -= 1
    if deepest > NESTING_MAX:
        raise exceed("nesting", NESTING_MAX, deepest)
    return len(tokens)
