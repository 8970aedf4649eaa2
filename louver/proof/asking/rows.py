"""What is selected of a row, and of pages of rows."""

from louver.proof.asking.draft import Draft, Follow, Word, mark, write_arguments
from louver.proof.asking.filters import write_filter
from louver.proof.dice import chance, pick
from louver.proof.surfaces import Surface
from louver.resolvers.catalogue import Entity, Kind, Relation
from louver.schema.inputs import enum_name

Path = tuple[str, ...]
_DARING = 10
_ORDER_DARING = 2
_FOLLOW_PERCENT, _FOLLOW_NESTED_PERCENT = 22, 45
_SMALL_PAGES = (2, 1, 3, 5, 0)


class Selection:
    """The selection of one object: its response keys are its own, so that no two fields collide."""

    def __init__(self, draft: Draft, *, is_renamed: bool = False) -> None:
        self._draft = draft
        self._dice = draft.dice
        self._keys: set[str] = set()
        self._is_renamed = is_renamed
        """Every field gets a key of its own: fragments on different types must not collide either."""

    def key(self, name: str) -> tuple[str, str]:
        """A response key for a field, and how it is written before the field's name."""
        if not self._is_renamed and name not in self._keys and not chance(self._dice, 10):
            self._keys.add(name)
            return name, ""
        alias = self._draft.invent("a")
        self._draft.surfaces.add(Surface.ALIAS)
        return alias, f"{alias}: "

    def switch(self) -> str:
        """Now and then a directive, which mostly selects."""
        if not chance(self._dice, 8):
            return ""
        self._draft.surfaces.add(Surface.SKIP_INCLUDE)
        name, wanted = pick(self._dice, [("include", True), ("skip", False), ("include", False), ("skip", True)])
        return f" @{name}(if: {self._draft.write_value('Boolean!', wanted, 60)})"

    def group(self, type_name: str, parts: list[str]) -> str:
        """The parts side by side, some of them in fragments."""
        if len(parts) > 1 and chance(self._dice, 22):
            cut = self._dice.number(1, len(parts) - 1)
            parts = [*parts[:cut], self._fragment(type_name, parts[cut:])]
        return " ".join(parts)

    def _fragment(self, type_name: str, parts: list[str]) -> str:
        body = "{ " + " ".join(parts) + " }"
        if chance(self._dice, 50):
            self._draft.surfaces.add(Surface.INLINE_FRAGMENT)
            return f"... on {type_name}{self.switch()} {body}"
        name = self._draft.invent("F")
        self._draft.surfaces.add(Surface.FRAGMENT)
        self._draft.fragments.append(f"fragment {name} on {type_name} {body}")
        return f"...{name}{self.switch()}"


def write_row(draft: Draft, entity: Entity, depth: int, path: Path, *, is_renamed: bool = False) -> str:
    """The fields of a row, in braces."""
    draft.types.add(entity.name)
    selection, dice, names = Selection(draft, is_renamed=is_renamed), draft.dice, draft.openness
    parts = []
    for _ in range(dice.number(1, 5)):
        column = draft.choose(
            entity.columns.values(),
            lambda column: names.shows(entity.coordinate(column.name)),
            _DARING,
            lambda column: names.is_restricted(entity.coordinate(column.name)),
        )
        _, alias = selection.key(column.name)
        parts.append(f"{alias}{mark(entity.name, column.name)}{selection.switch()}")
    for _ in range(dice.number(0, 2) if depth and entity.relations else 0):
        relation = draft.choose(
            entity.relations.values(),
            lambda each: names.follows(entity, each),
            _DARING,
            lambda each: names.is_narrow(each.target),
        )
        parts.append(_write_relation(draft, selection, entity, relation, depth, path))
    if chance(dice, 8):
        parts.append(f"{selection.key('__typename')[1]}__typename")
    return "{ " + selection.group(entity.name, parts) + " }"


def _write_relation(
    draft: Draft, selection: Selection, entity: Entity, relation: Relation, depth: int, path: Path
) -> str:
    target, name = draft.catalogue[relation.target], mark(entity.name, relation.name)
    key, alias = selection.key(relation.name)
    draft.surfaces.add(Surface.NESTED_MANY if relation.many else Surface.NESTED_ONE)
    if depth == 1:
        draft.surfaces.add(Surface.NESTED_DEEP)
    if relation.many:
        page = write_page(draft, target, depth - 1, (*path, key))
        return f"{alias}{name}{page}"
    return f"{alias}{name}{selection.switch()} {write_row(draft, target, depth - 1, (*path, key))}"


def write_page(draft: Draft, entity: Entity, depth: int, path: Path) -> str:
    """The arguments and the selection of a connection, without its name."""
    draft.types.add(entity.name)
    dice = draft.dice
    follow_percent = _FOLLOW_PERCENT if len(path) == 1 else _FOLLOW_NESTED_PERCENT
    is_backward, is_followed = chance(dice, 40), draft.follow is None and chance(dice, follow_percent)
    arguments = _write_order(draft, entity) if chance(dice, 45) else []
    if chance(dice, 52):
        arguments.append(write_filter(draft, entity, pick(dice, (0, 1, 1, 2))))
    if is_followed or chance(dice, 80):
        size = pick(dice, _SMALL_PAGES[:3] if is_followed else _SMALL_PAGES)
        arguments.append(f"{'last' if is_backward else 'first'}: {draft.write_value('Int', size, 20)}")
        draft.surfaces.add(Surface.BACKWARD if is_backward else Surface.FORWARD)
    if is_followed:
        cursor = draft.declare("String", None)
        arguments.append(f"{'before' if is_backward else 'after'}: {cursor}")
        draft.follow = Follow(
            _cursor_path(path, is_backward=is_backward), cursor[1:], _followed(path, is_backward=is_backward)
        )
    parts = [_write_rows(draft, entity, depth, path)] if is_followed or chance(dice, 92) else []
    if not parts or chance(dice, 35):
        draft.surfaces.add(Surface.COUNT)
        parts.append("totalCount")
    if is_followed or chance(dice, 25):
        draft.surfaces.add(Surface.PAGE_INFO)
        parts.append("pageInfo { hasNextPage hasPreviousPage startCursor endCursor }")
    return f"{write_arguments(arguments)} {{ {' '.join(parts)} }}"


def _write_rows(draft: Draft, entity: Entity, depth: int, path: Path) -> str:
    if chance(draft.dice, 30):
        row = write_row(draft, entity, depth, (*path, "edges", "*", "node"))
        return f"edges {{ cursor node {row} }}"
    return f"nodes {write_row(draft, entity, depth, (*path, 'nodes', '*'))}"


def _write_order(draft: Draft, entity: Entity) -> list[str]:
    draft.surfaces.add(Surface.ORDER)
    sortable = [column for column in entity.columns.values() if column.kind not in (Kind.CODES, Kind.TEXTS)]
    terms: list[dict[str, Word]] = []
    for _ in range(draft.dice.number(1, 2)):
        column = draft.choose(
            sortable,
            lambda column: draft.openness.shows(entity.coordinate(column.name)),
            _ORDER_DARING,
            lambda column: draft.openness.is_restricted(entity.coordinate(column.name)),
        )
        term = {"field": Word(mark(f"{entity.name}OrderField", enum_name(column.name)))}
        if chance(draft.dice, 60):
            term["direction"] = Word(pick(draft.dice, ["DESC", "ASC"]))
        terms.append(term)
    if len(terms) > 1:
        draft.surfaces.add(Surface.ORDER_MANY)
    return [f"orderBy: {draft.write_value(f'[{entity.name}Order!]', terms, 25)}"]


def _cursor_path(path: Path, *, is_backward: bool) -> Path:
    return (*path, "pageInfo", "startCursor" if is_backward else "endCursor")


def _followed(path: Path, *, is_backward: bool) -> Surface:
    if len(path) > 1:
        return Surface.CURSOR_NESTED
    return Surface.CURSOR_BACKWARD if is_backward else Surface.CURSOR_FORWARD
