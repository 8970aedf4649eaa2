"""GraphQL over HTTP, the part about parameters: from a body or a query string to one operation.

What is malformed is refused here, in one place and for every way in, so that nothing behind has to expect it.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from louver.errors import InvalidInputError
from louver.statuses import ParametersRefusedError

JSON_DEPTH_MAX = 100
_PARAMETERS_MAX = 20
"""In a query string; GraphQL over HTTP knows five."""
_HOW_TO_ASK = "send {query, variables} as JSON, or the `documentId` of a stored operation"
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""As JSON spells it; by itself it is not in JSON, and as GraphQL spells it it is the document's own matter."""
_KEY = re.compile(rb'"\s*:')
"""How a key ends. Of each key there is one; in a string there may be more."""
_HASH = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Operation:
    """The parameters of one GraphQL request."""

    query: str | None
    """None where it is asked for by its hash alone."""
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None
    document_hash: str | None = None
    """The SHA-256 by which it is asked for, if it is."""


def read_body_parameters(body: bytes) -> Operation:
    """Parse a body.

    Raises:
        InvalidInputError: it is not JSON, or not a GraphQL request. Its text is never part of the message.
    """
    parameters = _read_json(body, "The body")
    if isinstance(parameters, list):
        raise ParametersRefusedError(
            "Batches are not taken.", hint="send one operation at a time", reason="BATCHING_OFF"
        )
    if not isinstance(parameters, dict):
        raise ParametersRefusedError("The body is not a JSON object.", hint=_HOW_TO_ASK)
    return _read_parameters(parameters)


def read_query_string(raw: bytes) -> Operation:
    """Parse a query string; raises as `read_body_parameters` does."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_PARAMETERS_MAX)
    except ValueError as error:
        raise InvalidInputError("The query string is malformed.", hint="percent-encode it as UTF-8") from error
    parameters: dict[str, Any] = dict(pairs)
    if len(parameters) != len(pairs):
        raise InvalidInputError("A parameter comes twice in the query string.", hint="send each once")
    for name in parameters.keys() & {"variables", "extensions"}:
        parameters[name] = _read_json(parameters[name].encode(), f"`{name}`")
    if "\0" in str(parameters.get("query")):
        raise _refuse_nul("The query")
    if parameters.get("operationName") == "":
        del parameters["operationName"]
    return _read_parameters(parameters)


def _read_parameters(parameters: Mapping[str, Any]) -> Operation:
    query = _read_optional(parameters, "query", str, "a string")
    extensions = _read_optional(parameters, "extensions", dict, "an object")
    document_hash = _read_hash(parameters, extensions)
    if query is None and document_hash is None:
        raise ParametersRefusedError("`query` is missing.", hint=_HOW_TO_ASK)
    if query is not None and document_hash not in {None, hashlib.sha256(query.encode()).hexdigest()}:
        # Leak: whoever has only what is registered let through could send one document under the hash of another.
        raise ParametersRefusedError(
            "The hash is not that of the query.", hint="send either one, or the hash of the query"
        )
    variables = _read_optional(parameters, "variables", dict, "an object")
    return Operation(query, variables, _read_optional(parameters, "operationName", str, "a string"), document_hash)


def _read_hash(parameters: Mapping[str, Any], extensions: Mapping[str, Any] | None) -> str | None:
    """Read the hash, as the specification's appendix has it or as the clients' extension does."""
    given = parameters.get("documentId")
    if given is None and extensions:
        persisted = extensions.get("persistedQuery")
        given = persisted.get("sha256Hash") if isinstance(persisted, dict) else persisted
    if given is None:
        return None
    match = _HASH.fullmatch(given) if isinstance(given, str) else None
    if match is None:
        raise ParametersRefusedError(
            "The operation's hash is not a SHA-256 in small hexadecimal digits.", hint="send documentId: sha256:<hash>"
        )
    return match[1]


def _read_optional(parameters: Mapping[str, Any], name: str, kind: type, words: str) -> Any:
    value = parameters.get(name)
    if value is not None and not isinstance(value, kind):
        raise ParametersRefusedError(f"`{name}` is neither {words} nor null.", hint=_HOW_TO_ASK)
    return value


def _read_json(text: bytes, whose: str) -> Any:
    if b"\\u0000" in text and _NUL.search(text):
        raise _refuse_nul(whose)
    try:
        value = orjson.loads(text)
        if _count_keys(value) != len(_KEY.findall(text)):  # what looks like a key may stand in a string
            json.loads(text, object_pairs_hook=_require_distinct)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidInputError(f"{whose} is not JSON in UTF-8 ({place}).", hint=_HOW_TO_ASK) from error
    except RecursionError as error:
        raise _refuse_depth() from error
    if text.count(b"[") + text.count(b"{") > JSON_DEPTH_MAX:
        _require_shallow(value)
    return value


def _count_keys(value: Any) -> int:
    """Count the keys of all objects, down to the depth that is accepted."""
    count, level = 0, [value]
    for _ in range(JSON_DEPTH_MAX + 1):
        below: list[Any] = []
        for container in level:
            if isinstance(container, dict):
                count += len(container)
                below += container.values()
            elif isinstance(container, list):
                below += container
        if not below:
            break
        level = below
    return count


def _require_distinct(pairs: list[tuple[str, Any]]) -> None:
    """Leak: of a key that comes twice one value would be checked here and the other believed elsewhere."""
    if len(pairs) > 1 and len(dict(pairs)) != len(pairs):
        raise InvalidInputError("A key comes twice in one object.", hint="send each once")


def _require_shallow(value: Any) -> None:
    """Refuse what is too deep for whatever walks it by recursion; so this walk is level by level."""
    level = [value]
    for _ in range(JSON_DEPTH_MAX + 1):
        level = [item for container in level for item in _children(container) if isinstance(item, dict | list)]
        if not level:
            return
    raise _refuse_depth()


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse_depth() -> InvalidInputError:
    return InvalidInputError("The JSON is nested too deeply.", hint=f"nest at most {JSON_DEPTH_MAX} levels")


def _refuse_nul(whose: str) -> InvalidInputError:
    return InvalidInputError(f"{whose} has a NUL character in it.", hint="leave it out")
