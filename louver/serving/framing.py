"""Where a request ends: the shapes that llhttp lets pass and that another reader could take for two requests.

llhttp itself refuses Content-Length beside Transfer-Encoding or twice, bare CR or LF, folded headers, space before a
colon, and chunk sizes that are not plain hexadecimal; tests/serving/test_smuggling.py holds it to that.
"""

from collections.abc import Sequence

from louver.serving.limits import HEAD_BYTES_MAX, TARGET_BYTES_MAX
from louver.serving.refusals import HEAD_TOO_LARGE, TARGET_TOO_LONG, Refusal, refuse_syntax

Headers = Sequence[tuple[bytes, bytes]]

_LINE_BYTES = 4
"""Of a header line: colon, space and line end."""
VERSION = refuse_syntax("Only HTTP/1.1 and HTTP/1.0 are spoken.")
UPGRADE = refuse_syntax(
    "No other protocol is spoken on this connection.", "send no Upgrade header; tell the client to speak HTTP/1.1"
)
TARGET = refuse_syntax("The request's target is not a path.", "send the path alone, as `POST /graphql`")
HOST = refuse_syntax("The request must have exactly one Host header.")
CODING = refuse_syntax("The only transfer coding is `chunked`, in HTTP/1.1.", "send Content-Length")
TRAILER = refuse_syntax("Headers after the body are not read.", "send all headers before the body")
"""Leak: they would stand among the headers as if they had been there when the request was checked."""


def find_fault(version: str, target: bytes, headers: Headers, *, is_upgrade: bool) -> Refusal | None:
    """Answer why a complete head is not served, if it is not."""
    if version not in {"1.1", "1.0"}:
        return VERSION
    if is_upgrade:
        # The parser takes what follows for another protocol: the body would be read as the next request.
        return UPGRADE
    if len(target) > TARGET_BYTES_MAX:
        return TARGET_TOO_LONG
    if not target.startswith(b"/") and target != b"*":
        return TARGET
    return _find_header_fault(version, len(target), headers)


def _find_header_fault(version: str, size: int, headers: Headers) -> Refusal | None:
    hosts = 0
    for name, value in headers:
        size += len(name) + len(value) + _LINE_BYTES
        if name == b"host":
            hosts += 1
        elif name == b"transfer-encoding" and (value.lower() != b"chunked" or version != "1.1"):
            return CODING
    if size > HEAD_BYTES_MAX:
        return HEAD_TOO_LARGE
    return HOST if hosts > 1 or (hosts == 0 and version == "1.1") else None
