"""Compression of answers, for clients that ask for it.

Lengths of compressed secrets tell something to whoever can put guesses beside them; that takes sending operations in
somebody's name, which no web page can: a GET takes no cookie, and a POST takes a media type that a browser asks about.
"""

import asyncio
import zlib
from collections.abc import Mapping
from functools import lru_cache, partial

from louver.wire import read_weights

GZIP_BYTES_MIN = 1_000
"""Below it there is nothing to gain: that much leaves in one packet anyway."""
_LEVEL = 5
_GZIP_WINDOW = 31
"""zlib's way of asking for gzip's own header."""
_ASIDE_BYTES_MIN = 100_000
"""From here on it takes milliseconds, in which other requests are served."""


async def compress(body: bytes, accept_encoding: str | None) -> tuple[bytes, Mapping[str, str]]:
    """Answer the body as it is to be sent, with the headers that say how."""
    if len(body) < GZIP_BYTES_MIN:
        return body, {}
    if not _accepts_gzip(accept_encoding):
        return body, {"vary": "accept-encoding"}
    work = partial(zlib.compress, body, level=_LEVEL, wbits=_GZIP_WINDOW)
    compressed = await asyncio.to_thread(work) if len(body) >= _ASIDE_BYTES_MIN else work()
    return compressed, {"vary": "accept-encoding", "content-encoding": "gzip"}


@lru_cache(256)
def _accepts_gzip(accept_encoding: str | None) -> bool:
    weights = read_weights(accept_encoding or "identity")
    return weights.get("gzip", weights.get("*", 0.0)) > 0
