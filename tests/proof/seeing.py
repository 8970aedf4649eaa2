"""What a caller sees of all that it may list, asked of the service; and what it should see, worked out without it."""

from louver.authz.snapshot import Snapshot
from louver.proof.asking.operands import spell, spell_id
from louver.proof.ground import Ground
from louver.proof.knowledge import Kind, cells_of, know
from louver.proof.reading import EVERY_ROW, NO_RIGHT, Reading
from louver.proof.service import Service
from louver.proof.worlds import LINKS

HOURS = ("hours", "hoursEarned")


def fields_of(entity):
    """Every field of a row, with the id of each row that it leads to."""
    links = [f"{name} {{ id }}" for name, relation in entity.relations.items() if not relation.many]
    return " ".join([*entity.columns, *links])


def introduce(room, world, lines, caller):
    """A service over a world, and the caller's key to it."""
    workshop = room.workshop
    service = Service(workshop.schema, workshop.store, workshop.log)
    room.run(workshop.store.put(world, 1))
    return service, service.introduce(caller.as_principal(Snapshot.build(workshop.defaults, lines)))


def ask(room, service, key, query):
    """The content of an answer."""
    return room.run(service.ask(key, {"query": query}, {"louver-denied": "extensions"})).content


def see(room, world, lines, caller):
    """All rows that the caller lists, by type and id, and what was said about access to each field."""
    service, key = introduce(room, world, lines, caller)
    seen, notes = {}, {}
    for name, entity in room.workshop.schema.catalogue.items():
        content = ask(room, service, key, f"{{ {entity.plural}(first: 50) {{ nodes {{ {fields_of(entity)} }} }} }}")
        nodes = (content["data"][entity.plural] or {"nodes": []})["nodes"]
        seen[name] = {node["id"]: node for node in nodes}
        notes |= {note["coordinate"]: note["access"] for note in content.get("extensions", {}).get("access", [])}
    return seen, notes


def cells_seen(seen):
    """The cells of which something is shown."""
    return {
        (name, row_id, field)
        for name, rows in seen.items()
        for row_id, node in rows.items()
        for field, value in node.items()
        if value is not None
    }


def should_see(room, world, lines, caller):
    """The same rows, by a reading of the lines alone."""
    reading = Reading([*room.workshop.defaults, *lines])
    catalogue, expected = room.workshop.schema.catalogue, {name: {} for name in world.rows}
    for place, facts in zip(caller.places, know(world, caller, reading), strict=True):
        rights, ground = reading.rights_of(place), Ground(world, place)
        listed = {name: _keys_listed(facts, name) for name in world.rows}
        for name, keys in listed.items():
            derived = {
                field: _find_common(rights, ground, cell)
                for field, cell in cells_of(name).items()
                if len(cell.needed) > 1
            }
            for key in keys:
                row, entity = world.rows[name][key], catalogue[name]
                node = {
                    field: _cell(facts, entity, field, key) if key in derived.get(field, keys) else None
                    for field in cells_of(name)
                }
                for link in LINKS[name]:
                    right = rights.get(f"{name}.{link.name}", NO_RIGHT)
                    is_open = not link.is_classified or key in ground.among(name, right.view)
                    to = row[link.column]
                    leads = is_open and to in listed[link.target]
                    node[link.name] = {"id": spell_id(catalogue[link.target], to)} if leads else None
                expected[name][spell_id(entity, key)] = {"id": spell_id(entity, key), **node}
    return expected


def _find_common(rights, ground, cell):
    """The rows on which a derived field is seen: of its inputs' scopes that only overlap, Louver takes neither."""
    views = [rights.get(coordinate, NO_RIGHT).view for coordinate in cell.needed]
    common = (scope for scope in frozenset().union(*views) if all(view & {scope, EVERY_ROW} for view in views))
    return ground.among(cell.coordinate.partition(".")[0], frozenset(common))


def _keys_listed(facts, name):
    return {key for key, is_listed in facts.get((name, Kind.ROW, ""), {}).items() if is_listed}


def _cell(facts, entity, field, key):
    for kind in (Kind.VIEWED, Kind.MASKED):
        values = facts.get((entity.name, kind, field), {})
        if key in values:
            return _render(entity.columns[field], values[key])
    return None


def _render(column, value):
    if value is None:
        return None
    if isinstance(value, list):
        return [spell(column, item) for item in value]
    return value / 100 if column.name in HOURS else spell(column, value)
