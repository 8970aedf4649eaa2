"""Aggregates: counts, sums and averages, in groups or over all."""

from louver.proof.asking.draft import Draft, Word, mark, write_arguments
from louver.proof.asking.filters import write_filter
from louver.proof.dice import chance, pick, pick_some
from louver.proof.surfaces import Surface
from louver.resolvers.catalogue import Column, Dimension, Entity
from louver.schema.inputs import enum_name

_DARING = 2


def write_aggregate(draft: Draft, entity: Entity) -> str:
    """The arguments and the selection of an aggregate, without its name."""
    draft.types.add(entity.name)
    draft.surfaces.add(Surface.AGGREGATE)
    dice = draft.dice
    arguments, dimensions = [], _draw_dimensions(draft, entity)
    if chance(dice, 55):
        draft.surfaces.add(Surface.AGGREGATE_FILTER)
        arguments.append(write_filter(draft, entity, pick(dice, (0, 1, 1, 2)), is_counting=True))
    if dimensions:
        values = [Word(mark(f"{entity.name}Dimension", enum_name(each.name))) for each in dimensions]
        arguments.append(f"groupBy: {draft.write_value(f'[{entity.name}Dimension!]', values, 25)}")
    parts = [*_write_numbers(draft, entity), _write_groups(draft, entity, dimensions)]
    return f"{write_arguments(arguments)} {{ {' '.join(parts)} }}"


def _draw_dimensions(draft: Draft, entity: Entity) -> list[Dimension]:
    dice, dimensions = draft.dice, list(entity.dimensions.values())
    if not chance(dice, 75):
        return []
    opened = [each for each in dimensions if draft.openness.groups(entity, each)]
    drawn = pick_some(dice, dimensions if not opened or chance(dice, _DARING) else opened, 1, 2)
    for dimension in drawn:
        draft.surfaces.add(Surface.GROUP)
        draft.types |= _types_along(draft, entity, dimension)
        if dimension.part:
            draft.surfaces.add(Surface.GROUP_DATE)
        elif dimension.path[-1] not in entity.columns:
            draft.surfaces.add(Surface.GROUP_ROW)
    return drawn


def _types_along(draft: Draft, entity: Entity, dimension: Dimension) -> set[str]:
    found = {entity.name}
    for name in dimension.path:
        if name in entity.relations:
            entity = draft.catalogue[entity.relations[name].target]
            found.add(entity.name)
    return found


def _write_groups(draft: Draft, entity: Entity, dimensions: list[Dimension]) -> str:
    keys = [
        mark(f"{entity.name}GroupKey", each.name) + (" { id label }" if _is_row(draft, entity, each) else "")
        for each in dimensions
    ]
    key = f"key {{ {' '.join(keys or ['__typename'])} }}"
    return f"groups {{ {key} {' '.join(_write_numbers(draft, entity))} }}"


def _is_row(draft: Draft, entity: Entity, dimension: Dimension) -> bool:
    """Whether the dimension groups by a row rather than by a value."""
    for name in dimension.path:
        if name in entity.columns:
            return False
        entity = draft.catalogue[entity.relations[name].target]
    return True


def _write_numbers(draft: Draft, entity: Entity) -> list[str]:
    parts = ["count"]
    measured = [column for column in entity.columns.values() if column.measure]
    if measured and chance(draft.dice, 60):
        draft.surfaces.add(Surface.MEASURE)
        parts += [_write_measures(draft, entity, "sum", "Sums", measured)]
        parts += [_write_measures(draft, entity, "average", "Averages", measured)]
    return parts


def _write_measures(draft: Draft, entity: Entity, field: str, owner: str, measured: list[Column]) -> str:
    chosen = pick_some(draft.dice, measured, 1, len(measured))
    return f"{field} {{ {' '.join(mark(f'{entity.name}{owner}', column.name) for column in chosen)} }}"
