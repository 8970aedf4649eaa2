"""Ids as clients see them: `officer_<32 hex digits>`. Random underneath, so they tell no count and no neighbour."""

import re
from typing import Any
from uuid import UUID

from louver.resolvers.catalogue import Catalogue, Entity

_FORM = re.compile(r"([a-z]+)_([0-9a-f]{32})")


def read_id(catalogue: Catalogue, text: Any) -> tuple[Entity, UUID] | None:
    """Read an outside id; None for anything that Louver cannot have made."""
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    entity = catalogue.by_prefix(match[1]) if match else None
    return (entity, UUID(match[2])) if match and entity else None


def read_id_of(entity: Entity, text: str) -> UUID | None:
    """Read an outside id of one type; None for anything else."""
    match = _FORM.fullmatch(text)
    return UUID(match[2]) if match and match[1] == entity.prefix else None


def as_id(entity: Entity, row_id: UUID) -> str:
    """Render a row's id for clients."""
    return f"{entity.prefix}_{row_id.hex}"
