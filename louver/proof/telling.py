"""What an answer shows of the surfaces that its operation tries: a surface counts only where it came to something."""

from collections.abc import Iterator
from typing import Any

from louver.proof.asking.operations import Operation
from louver.proof.callers import Caller
from louver.proof.openness import Openness
from louver.proof.surfaces import Surface
from louver.resolvers.catalogue import Catalogue, Entity

_DENIED = frozenset({"FIELD_DENIED", "MODULE_NOT_SUBSCRIBED", "SUBSCRIPTION_ENDED"})
_NOTES = {"MASKED": Surface.MASKED, "PARTIAL": Surface.PARTIAL, "SUPPRESSED": Surface.SUPPRESSED}
_MODES = {
    "": Surface.MODE_ERRORS,
    "errors": Surface.MODE_ERRORS,
    "extensions": Surface.MODE_EXTENSIONS,
    "reject": Surface.MODE_REJECT,
}
_ALWAYS = frozenset({Surface.ERROR, Surface.ERROR_VALUE})


def list_told(operation: Operation, content: Any, openness: Openness) -> frozenset[Surface]:
    """The surfaces that this answer tries: of one that was refused as a whole, the refusal alone."""
    told = set(_list_modes(operation, content, openness))
    if "data" not in content:
        return frozenset(told | (operation.surfaces & _ALWAYS) | _find_refusal(operation, content))
    told |= operation.surfaces - _ALWAYS
    told |= {_NOTES[note["access"]] for note in _notes(content) if note["access"] in _NOTES}
    if any(content["data"].get(key, ...) is None for key in operation.points):
        told.add(Surface.NODE_HIDDEN)
    return frozenset(told)


def find_small_group(content: Any, catalogue: Catalogue, openness: Openness) -> str | None:
    """A number that is of too small a group after all, where the caller lists no row of the type."""
    for note in _notes(content):
        entity = _of_aggregate(catalogue, note["coordinate"])
        if note["access"] != "SUPPRESSED" or entity is None or openness.lists(entity.name):
            continue
        found = [each for each in content["data"].values() if isinstance(each, dict) and "groups" in each]
        if len(found) != 1:  # whose note this is cannot be told
            continue
        counts = [found[0]["count"], *(group["count"] for group in found[0]["groups"])]
        small = [count for count in counts if count and count < note["minimum"]]
        if small:
            return f"{note['coordinate']}: {small[0]} of at least {note['minimum']}"
    return None


def _of_aggregate(catalogue: Catalogue, coordinate: str) -> Entity | None:
    wanted = coordinate.removeprefix("Query.").removesuffix("Aggregate")
    return next((entity for entity in catalogue.values() if entity.plural == wanted), None)


def list_standing(caller: Caller, *, has_own_lines: bool) -> Iterator[Surface]:
    """The surfaces that a caller tries by what it is, whatever it asks."""
    places = caller.places
    if len(places) > 1:
        yield Surface.SEVERAL_AGENCIES
    if any(len(place.roles) > 1 for place in places):
        yield Surface.SEVERAL_ROLES
    if any(place.scopes is not None for place in places):
        yield Surface.KEY_SCOPES
    if any(place.named is not None for place in places):
        yield Surface.NAMED_ROWS
    if any("UOF" not in place.modules for place in places):
        yield Surface.MODULE_MISSING
    if any(place.subscription != "ACTIVE" for place in places):
        yield Surface.SUBSCRIPTION_ENDED
    if has_own_lines:
        yield Surface.OVERLAY


def _list_modes(operation: Operation, content: Any, openness: Openness) -> Iterator[Surface]:
    mode = operation.headers.get("louver-denied", "")
    if operation.is_hiding:
        if operation.list_names() & openness.closed:
            yield Surface.MODE_HIDE
    elif mode == "extensions":
        if any(note["access"] == "DENIED" for note in _notes(content)):
            yield Surface.MODE_EXTENSIONS
    elif _is_denied(content) and (mode == "reject") == ("data" not in content):
        yield _MODES[mode]


def _find_refusal(operation: Operation, content: Any) -> set[Surface]:
    is_reference = _is_denied(content) and operation.headers.get("louver-denied") != "reject"
    return {Surface.REFUSED} if is_reference else set()


def _is_denied(content: Any) -> bool:
    return any(error.get("extensions", {}).get("code") in _DENIED for error in content.get("errors", ()))


def _notes(content: Any) -> Any:
    return content.get("extensions", {}).get("access", ())
