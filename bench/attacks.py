"""What a hostile client sends, each as the bytes of one request; `hostile.py` sends it."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.serving.shapes import SHAPES


class Attack(NamedTuple):
    """One request."""

    name: str
    data: bytes
    may_be_answered: bool = False
    """Where serving it is as good as refusing it."""


Post = Callable[..., bytes]


def build_post(key: str) -> Post:
    """Make what turns a body into a request of the key's owner."""

    def post(
        body: bytes, *, content_type: str = "application/json", length: int | None = None, extra: str = ""
    ) -> bytes:
        head = (
            f"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: {content_type}\r\n"
            f"Accept: application/graphql-response+json\r\n{extra}"
            f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
        )
        return head.encode() + body

    return post


def list_attacks(key: str) -> Iterator[Attack]:
    """List them all. The large ones are made when it is their turn."""
    post = build_post(key)
    yield from _list_heads()
    for name, data in SHAPES.items():
        yield Attack(f"framing: {name}", data)
    yield from _list_bodies(post)
    yield from _list_sizes(post)
    for name, document, variables in list_documents():
        yield Attack(f"document: {name}", post(json.dumps({"query": document, "variables": variables}).encode()))


def _list_heads() -> Iterator[Attack]:
    head = b"POST /graphql HTTP/1.1\r\nHost: x\r\n"
    yield Attack("head: one header of 10 MB", head + b"A: " + b"b" * 10_000_000)
    yield Attack("head: 10,000 headers", head + b"A: b\r\n" * 10_000 + b"\r\n")
    yield Attack("head: URL of 1 MB", b"GET /graphql?query=" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    yield Attack("head: no credential", head + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
    yield Attack("head: TRACE", b"TRACE /graphql HTTP/1.1\r\nHost: x\r\n\r\n")
    yield Attack("head: random bytes", bytes(range(256)) * 16)


def _list_bodies(post: Post) -> Iterator[Attack]:
    query = b'{"query": "{ __typename }", "variables": '
    bodies: dict[str, bytes] = {
        "1": b"1",
        "null": b"null",
        "list": b"[]",
        "empty": b"",
        "empty object": b"{}",
        "not JSON": b"{" * 20,
        "batch of 1,000": b"[" + b",".join([b'{"query": "{ __typename }"}'] * 1_000) + b"]",
        "nesting of 100,000": b"[" * 100_000 + b"]" * 100_000,
        "variables nested 100,000 deep": query + b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        "bad UTF-8": b'{"query": "{ \xff\xfe }"}',
        "overlong UTF-8": b'{"query": "{ \xc0\xaf }"}',
        "UTF-16": '{"query": "{ __typename }"}'.encode("utf-16"),
        "byte order mark": b"\xef\xbb\xbf" + query + b"null}",
        "null byte": b'{"query": "{ \x00 }"}',
        "null character in the document": b'{"query": "{ \\u0000 }"}',
        "lone surrogate in the document": b'{"query": "{ \\ud800 }"}',
        "lone surrogate in a name": b'{"query": "{ __typename }", "operationName": "\\udfff"}',
        "NaN": query + b'{"a": NaN}}',
        "query twice": b'{"query": "{ a }", "query": "{ __typename }"}',
        "gzip bomb undeclared": gzip.compress(b" " * 50_000_000),
    }
    for name, body in bodies.items():
        yield Attack(f"body: {name}", post(body))
    yield Attack(
        "body: integer of 100,000 digits", post(query + b'{"a": ' + b"9" * 100_000 + b"}}"), may_be_answered=True
    )
    yield Attack("body: gzip bomb", post(bodies["gzip bomb undeclared"], extra="Content-Encoding: gzip\r\n"))
    yield Attack("body: bad gzip", post(b"\x1f\x8b\x08\x00nonsense", extra="Content-Encoding: gzip\r\n"))
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        yield Attack(f"body: {content_type.partition(';')[0]}", post(query + b"null}", content_type=content_type))


def _list_sizes(post: Post) -> Iterator[Attack]:
    yield Attack("size: 1 GB declared, nothing sent", post(b"", length=10**9))
    yield Attack("size: 1 GB declared, 20 MB sent", post(b" " * 20_000_000, length=10**9))
    yield Attack("size: name of 50 MB", post(b'{"query": "{ ' + b"a" * 50_000_000 + b' }"}'))
    yield Attack("size: name of 900 kB", post(b'{"query": "{ ' + b"a" * 900_000 + b' }"}'))
    chunks = (b"ffff\r\n" + b" " * 0xFFFF + b"\r\n") * 400
    head = post(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    yield Attack("size: 26 MB in chunks", head + chunks)
    yield Attack("size: 200,000 chunks of one byte", head + b"1\r\n \r\n" * 200_000 + b"0\r\n\r\n")
    yield Attack("size: chunk extensions of 5 MB", head + b"1;" + b"a" * 5_000_000 + b"\r\n \r\n0\r\n\r\n")


def list_documents() -> Iterator[tuple[str, str, Any]]:
    """List hostile documents: name, text, variables."""
    levels = 40
    doubling = "".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }} " for n in range(levels))
    yield "depth of 100,000", "{a" * 100_000, None
    yield "depth of 10,000, closed", "{a" * 10_000 + "}" * 10_000, None
    yield "10,000 aliases", "{" + " ".join(f"a{n}: viewer {{ label }}" for n in range(10_000)) + "}", None
    yield "1,000 aliases of lists", "{" + " ".join(f"a{n}: {_PAGE}" for n in range(1_000)) + "}", None
    yield "one field 20,000 times", "{" + "__typename " * 20_000 + "}", None
    yield "merging 2,000 alike", "{" + "viewer { label kind } " * 2_000 + "}", None
    yield "circular fragments", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", None
    yield "fragment of itself", "{ ...A } fragment A on Query { ...A }", None
    yield "fragment bomb", f"{{ ...F0 }} {doubling} fragment F{levels} on Query {{ __typename }}", None
    yield (
        "5,000 fragments",
        "{ ...A0 }" + "".join(f"fragment A{n} on Query {{ ...A{n + 1} }}" for n in range(5_000)),
        None,
    )
    yield "10,000 directives", "{ __typename " + "@include(if: true) " * 10_000 + "}", None
    yield "10,000 unknown directives", "{ __typename " + "@a " * 10_000 + "}", None
    yield "5,000 operations", " ".join(f"query Q{n} {{ __typename }}" for n in range(5_000)), None
    yield "5,000 variables", "query(" + " ".join(f"$v{n}: Int" for n in range(5_000)) + ") { __typename }", None
    yield "50,000 tokens", "{" + "a " * 50_000 + "}", None
    yield "10,000 unknown fields", "{" + " ".join(f"a{n}" for n in range(10_000)) + "}", None
    yield (
        "introspection nested",
        "{ __schema { types " + "{ fields { type { fields { type " * 30 + "{ name }" + "} } } }" * 30 + "} }",
        None,
    )
    yield "a page of a billion", "{ officers(first: 1000000000) { nodes { id } } }", None
    yield "list of 100,000", "query($a: [ID!]) { __typename }", {"a": ["x"] * 100_000}
    yield "string of 900 kB", '{ officer(id: "' + "x" * 900_000 + '") { id } }', None
    yield "integer of 100,000 digits", "{ officers(first: " + "9" * 100_000 + ") { nodes { id } } }", None
    yield "100,000 closing braces", "{ __typename " + "}" * 100_000, None
    yield (
        "value nested 10,000 deep",
        "{ officers(filter: " + "{and: [" * 10_000 + "]}" * 10_000 + ") { nodes { id } } }",
        None,
    )


_PAGE = "officers(first: 1000) { nodes { id trainings(first: 1000) { nodes { id } } } }"
