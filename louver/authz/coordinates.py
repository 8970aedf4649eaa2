"""Coordinates: every name that policy lines and key scopes may use, and what it stands for."""

from collections.abc import Collection, Sequence

from louver.authz.duties import ADMINISTRATION, Duty
from louver.authz.key_scopes import list_closed, read_scopes
from louver.authz.matrix import FieldGroup
from louver.authz.reach import TypeReach
from louver.authz.vocabulary import Act, Mask

_IDENTITY_FIELDS = frozenset({"id", "__typename"})


class Coordinates:
    """All classified coordinates, with the names that stand for several of them."""

    def __init__(self, groups: Sequence[FieldGroup], types: Sequence[TypeReach], duties: Sequence[Duty] = ()) -> None:
        self.types = frozenset(each.type_name for each in types)
        self.masks = _collect_masks(groups)
        self.fields = frozenset(self.masks)
        self.duties = frozenset(str(duty.administered) for duty in duties)
        self._modules = {each.type_name: each.module for each in types}
        self._meanings = self._collect_meanings(groups)

    @property
    def names(self) -> frozenset[str]:
        """Every name that `expand` knows: coordinates, types, groups, `Type.*`, `*`, duties and what stands for all."""
        return frozenset(self._meanings)

    @property
    def modules(self) -> frozenset[str]:
        """The modules that some type needs."""
        return frozenset(filter(None, self._modules.values()))

    def expand(self, name: str) -> frozenset[str]:
        """List what a name stands for; empty for a name that stands for nothing."""
        return self._meanings.get(name, frozenset())

    def expand_scopes(self, scopes: Collection[str]) -> frozenset[str]:
        """List what a key's scopes open; with a field comes its type, or its rows could not be reached.

        Leak: a scope that no longer names anything opens nothing, rather than everything.
        """
        opened = frozenset[str]().union(*(self.expand(scope.name) for scope in read_scopes(scopes)))
        return opened | {coordinate.partition(".")[0] for coordinate in opened}

    def list_closed(self, scopes: Collection[str]) -> frozenset[tuple[str, Act]]:
        """List what may not be done with what a key's scopes name, because of their verbs."""
        return list_closed({scope: self.expand(scope.name) for scope in read_scopes(scopes)})

    def find_governing(self, coordinate: str) -> str | None:
        """Find what the policy says it under: itself, the type for an identity field, None if unknown."""
        if coordinate in self.fields or coordinate in self.types or coordinate in self.duties:
            return coordinate
        type_name, _, field = coordinate.partition(".")
        return type_name if field in _IDENTITY_FIELDS and type_name in self.types else None

    def get_module(self, coordinate: str) -> str:
        """Name the module that a known coordinate belongs to; empty if every subscription includes it."""
        return self._modules.get(coordinate.partition(".")[0], "")

    def _collect_meanings(self, groups: Sequence[FieldGroup]) -> dict[str, frozenset[str]]:
        meanings = {name: frozenset({name}) for name in self.types | self.fields | self.duties}
        meanings |= {group.name: frozenset(group.coordinates) for group in groups}
        for type_name in self.types:
            fields = (field for field in self.fields if field.partition(".")[0] == type_name)
            meanings[f"{type_name}.*"] = frozenset({type_name, *fields})
        return {**meanings, "*": self.types | self.fields, ADMINISTRATION: self.duties}


def _collect_masks(groups: Sequence[FieldGroup]) -> dict[str, Mask]:
    return {coordinate: mask for group in groups for coordinate, mask in group.masks.items()}
