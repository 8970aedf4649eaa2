"""Leaks to be planted, one at a time: each undoes one thing that keeps a hidden value in."""

from dataclasses import replace

from sqlalchemy import and_, func, select, true

from louver.authz.enforcer import Enforcer
from louver.authz.rights import Rights
from louver.endpoint import Reply
from louver.errors import InvalidInputError
from louver.resolvers import aggregates, filters, levels, masks, paging, points, uof, viewpoint
from louver.resolvers.catalogue import Column
from louver.resolvers.filters import FilterBuilder
from louver.resolvers.grouping import Grouping
from louver.resolvers.levels import _PageBuilder
from louver.resolvers.standings import Standing, StandingBinds
from louver.resolvers.viewpoint import Access, Viewpoint, Visible
from louver.schema import documents, execution, gateway
from louver.schema.gateway import Gateway

LEAKS = {}


SEED = 20_260_101


def leak(surface, seed=SEED):
    """Register a leak under the surface of the design that it is on.

    A rare one has a seed of its own, at which it is found soon: `louver policy prove` draws many more.
    """

    def register(plant):
        LEAKS[plant.__name__] = (surface, plant, seed)
        return plant

    return register


# filter, order, cursor


@leak("filter")
def bare_column_in_filter(patch):
    """A filter compares with the column instead of with what the caller sees of it."""
    seen = FilterBuilder._seen

    def bare(self, entity, row, column):
        seen(self, entity, row, column)
        return column.expression(row)

    patch.setattr(FilterBuilder, "_seen", bare)


@leak("filter")
def masks_on_output_only(patch):
    """A masked value is compared and sorted by as it is."""
    visible = Viewpoint.visible

    def unmasked(self, entity, column, row):
        shown = visible(self, entity, column, row)
        return replace(shown, expression=column.expression(row)) if shown.access is Access.MASKED else shown

    for builder, name in ((FilterBuilder, "_seen"), (paging, "sort_keys")):
        honest = getattr(builder, name)

        def within(*args, _honest=honest, **kwargs):
            with patch.context() as inner:
                inner.setattr(Viewpoint, "visible", unmasked)
                return _honest(*args, **kwargs)

        patch.setattr(builder, name, within)
    patch.setattr(levels, "sort_keys", paging.sort_keys)


@leak("relation filter")
def relation_filter_without_reach(patch):
    """Related rows count whether or not they are in reach."""

    def related(self, entity, row, node):
        relation = entity.relations[node.relation]
        target = self._viewpoint.catalogue[relation.target]
        child = target.table.alias()
        joined = and_(
            row.c[entity.agency_column] == child.c[target.agency_column],
            row.c[relation.local] == child.c[relation.remote],
        )
        inner = self.build(target, child, node.node)
        exists = filters.exists
        if node.quantifier == "every":
            return ~exists().where(joined, inner.is_not(true()))
        return ~exists().where(joined, inner) if node.quantifier == "none" else exists().where(joined, inner)

    patch.setattr(FilterBuilder, "_related", related)


@leak("relation filter", seed=50_052)
def related_rows_of_other_officers(patch):
    """A link that is seen on listed rows is followed from rows that may only be counted."""
    follow = Viewpoint.follow
    patch.setattr(
        Viewpoint,
        "follow",
        lambda self, entity, relation, parent, child, _=None: follow(self, entity, relation, parent, child),
    )
    linkable = Viewpoint.linkable
    patch.setattr(
        Viewpoint, "linkable", lambda self, entity, relation, row, _=None: linkable(self, entity, relation, row)
    )


@leak("order")
def bare_column_in_order(patch):
    """Rows are sorted by the column."""
    keys = paging.sort_keys

    def bare(context, entity, row, order, **options):
        return [
            replace(key, expression=row.c.id if key.name == "id" else entity.columns[key.name].expression(row))
            for key in keys(context, entity, row, order, **options)
        ]

    patch.setattr(levels, "sort_keys", bare)


@leak("cursor")
def raw_value_in_cursor(patch):
    """A cursor holds the column's value, though rows are sorted by what the caller sees."""
    cursor = _PageBuilder._cursor

    def raw(self, row):
        honest = self._keys
        columns = self._entity.columns
        self._keys = [replace(key, expression=columns[key.name].expression(self._row)) for key in honest]
        try:
            return cursor(self, row)
        finally:
            self._keys = honest

    patch.setattr(_PageBuilder, "_cursor", raw)


# rows


@leak("count")
def count_without_scope(patch):
    """`totalCount` counts the agency's rows, in reach or not."""

    def counts(self, wanted, parent_key):
        del wanted
        query = select(func.count()).select_from(self._row)
        return query if parent_key is None else honest(self, true(), parent_key)

    honest = _PageBuilder._counts
    patch.setattr(_PageBuilder, "_counts", counts)


@leak("hasNextPage", seed=SEED + 19)
def next_page_without_scope(patch):
    """`hasNextPage` is decided by how many rows there are."""

    async def run(self, run):
        page = await honest(self, run)
        total = await run.reads.fetch(f"SELECT count(*) FROM {self.query.entity.table.name}", [])
        info = page.get("pageInfo") if isinstance(page, dict) else None
        if info and "hasNextPage" in info and not self.is_backward:
            info["hasNextPage"] = total[0][0] > run.values[f"{self.prefix}limit"]
        return page

    honest = levels.Level.run
    patch.setattr(levels.Level, "run", run)


@leak("nested", seed=SEED + 20)
def nested_reach_dropped(patch):
    """Rows below a row are all of its rows."""
    many = Viewpoint.follow_many

    def unscoped(self, relation, child):
        condition, reason = many(self, relation, child)
        return (None if condition is None else true()), reason

    patch.setattr(Viewpoint, "follow_many", unscoped)


@leak("nested", seed=SEED + 1)
def one_below_out_of_reach(patch):
    """A link leads to its row, in reach or not."""
    reach = Viewpoint.reach

    def follow(self, entity, relation, parent, child, among=None):
        with patch.context() as inner:
            inner.setattr(Viewpoint, "reach", lambda *args: None if reach(*args) is None else true())
            return honest(self, entity, relation, parent, child, among)

    honest = Viewpoint.follow
    patch.setattr(Viewpoint, "follow", follow)


@leak("unknown or foreign id")
def foreign_id_told_from_missing(patch):
    """Who asks for a row out of reach hears that it is there."""
    load = points.Lookup.load

    async def tell(self, ids, run):
        found = await load(self, ids, run)
        for row_id, node in zip(ids, found, strict=True):
            if node is None and await _exists(run, row_id):
                raise InvalidInputError("this row is not yours")
        return found

    patch.setattr(points.Lookup, "load", tell)


async def _exists(run, row_id):
    rows = [
        await run.reads.fetch(f"SELECT 1 FROM {name} WHERE id = ?", [row_id.hex]) for name in ("officers", "trainings")
    ]
    return any(rows)


@leak("nested")
def incidents_of_the_caller(patch):
    """A supervisor reaches an incident in which the supervisor is involved."""

    def of_unit(row, binds):
        return uof._involves(
            row,
            lambda part: uof.officer_is_within_units(part.c.agency_id, part.c.officer_id, binds, is_identified=True),
        )

    patch.setitem(uof.INCIDENT_SCOPES, viewpoint.Rows.UNIT, of_unit)


@leak("nested")
def every_unit_is_below(patch):
    """The unit tree is not asked."""
    patch.setattr(StandingBinds, "is_within_units", lambda _self, agency_id, _unit, **_: agency_id.is_not(None))


# cells


@leak("some rows only")
def undercover_guard_dropped(patch):
    """Names of undercover officers are shown like any other."""
    cell = Viewpoint._cell
    patch.setattr(
        Viewpoint,
        "_cell",
        lambda self, standing, binds, entity, column, row: cell(
            self, standing, binds, entity, replace(column, guard=None), row
        ),
    )


@leak("some rows only")
def partly_visible_shown_on_all_rows(patch):
    """A field that is seen on some rows is shown on all, with the note that it is not."""
    unguarded = Viewpoint._unguarded

    def wide(self, decision, reach, binds, entity, column, row):
        shown = unguarded(self, decision, reach, binds, entity, column, row)
        return Visible(column.expression(row), Access.PARTIAL) if shown.access is Access.PARTIAL else shown

    patch.setattr(Viewpoint, "_unguarded", wide)


@leak("derived fields")
def inputs_not_asked(patch):
    """A derived field is shown by its own right alone."""
    for name in ("_cell", "aggregable"):
        honest = getattr(Viewpoint, name)

        def alone(self, *args, _honest=honest):
            return _honest(self, *(replace(one, inputs=()) if isinstance(one, Column) else one for one in args))

        patch.setattr(Viewpoint, name, alone)


@leak("masked")
def mask_that_keeps_the_length(patch):
    """An initial is followed by as many dots as there are letters."""

    def initial(value, _column, _speech):
        return func.substr(value, 1, 1).concat(func.substr("................", 1, func.length(value)))

    patch.setitem(masks._MASKS, masks.Mask.INITIAL, initial)


@leak("several agencies", seed=SEED + 2)
def agencies_mixed_up(patch):
    """Of a caller of several agencies, each is judged by the first one's rights."""

    def merge(_self, cells, _entity, _row):
        return next((cell for _, cell in cells if cell.expression is not None), cells[0][1])

    patch.setattr(Viewpoint, "_merge", merge)


# aggregates


@leak("aggregates")
def group_by_partly_hidden(patch):
    """Rows on which a dimension is hidden are grouped by it all the same."""
    honest = Grouping._is_allowed

    def bare(self, entity, column, row):
        before = list(self.conditions)
        is_allowed = honest(self, entity, column, row)
        self.conditions[:] = before
        return is_allowed

    patch.setattr(Grouping, "_is_allowed", bare)


@leak("aggregates")
def sum_over_hidden(patch):
    """Hidden values are summed."""
    aggregable = Viewpoint.aggregable

    def everywhere(self, entity, column, row):
        _, only, reason = aggregable(self, entity, column, row)
        return None, only, reason

    patch.setattr(Viewpoint, "aggregable", everywhere)


@leak("aggregates")
def aggregate_without_scope(patch):
    """An aggregate counts all of the agency's rows."""
    reach = Viewpoint.reach

    def wide(self, entity, row):
        condition = reach(self, entity, row)
        return true() if self._is_aggregate and condition is not None else condition

    patch.setattr(Viewpoint, "reach", wide)


@leak("aggregates")
def small_groups_shown(patch):
    """Small groups are not left out."""
    patch.setattr(aggregates, "suppress", lambda groups, *_: list(groups))


# what is told


@leak("errors")
def error_names_a_hidden_value(patch):
    """A denial says what was denied."""
    execute = Gateway.execute

    async def tell(self, *args, **options):
        answer = await execute(self, *args, **options)
        for error in answer.errors:
            if error.get("extensions", {}).get("code") == "FIELD_DENIED":
                rows = await self._reads.fetch("SELECT max(last_name) FROM officers", [])
                error["message"] += f" It begins with {str(rows[0][0])[:2]}."
        return answer

    patch.setattr(Gateway, "execute", tell)


@leak("notes")
def note_tells_whether_there_is_a_value(patch):
    """A note of what is masked is left out where there is nothing to mask."""
    extensions = gateway.build_extensions

    def telling(notes, mode, run):
        told = extensions(notes, mode, run)
        return told if run.rows else {}

    patch.setattr(gateway, "build_extensions", telling)
    execute = Gateway.execute

    async def note(self, *args, **options):
        answer = await execute(self, *args, **options)
        rows = await self._reads.fetch("SELECT count(work_email) FROM officers", [])
        if answer.extensions and rows[0][0] % 2:
            answer.extensions["access"] = answer.extensions["access"][:0]
        return answer

    patch.setattr(Gateway, "execute", note)


@leak("headers")
def header_counts_rows(patch):
    """A header tells how much was looked through."""
    execute, send = Gateway.execute, Reply.send
    seen = []

    async def count(self, *args, **options):
        seen[:] = [(await self._reads.fetch("SELECT count(*) FROM trainings", []))[0][0]]
        return await execute(self, *args, **options)

    async def tell(self, *args, **options):
        self.headers["x-rows-scanned"] = str(seen[0])
        await send(self, *args, **options)

    patch.setattr(Gateway, "execute", count)
    patch.setattr(Reply, "send", tell)


@leak("cost")
def cost_of_what_was_looked_through(patch):
    """An operation costs what there is, in reach or not."""
    execute = Gateway.execute

    async def charge(self, *args, **options):
        answer = await execute(self, *args, **options)
        answer.facts.cost = (await self._reads.fetch("SELECT count(*) FROM officers", []))[0][0]
        return answer

    patch.setattr(Gateway, "execute", charge)


@leak("introspection")
def introspection_shows_everything(patch):
    """The schema is described whole."""
    patch.setattr(execution, "_limit", lambda _info, _described, result, _visibility: result)


@leak("hide")
def hidden_names_keep_their_mark(patch):
    """In mode `hide`, a message about a denied name is not the one about a name that does not exist."""
    for module in (documents, gateway):
        patch.setattr(module, "unmark", lambda error: error)


@leak("hide", seed=SEED + 11)
def hidden_arguments_are_known(patch):
    """In mode `hide`, denied names are hidden in documents and not among variables."""
    patch.setattr(gateway, "hide_in_variables", lambda _schema, _operation, variables, _visibility: variables)


# policy


@leak("policy")
def own_denies_ignored(patch):
    """A line of the agency's own that forbids is as good as none."""
    allows = Enforcer.allows

    def lenient(self, roles, domain, coordinate, act, rows):
        lines = [line for line, _ in self.list_rules(coordinate, act) if line.sub in roles]
        is_barred = any(line.is_deny and line.dom == "*" for line in lines)
        is_granted = any(line.rows == rows and not line.is_deny and line.dom in ("*", domain) for line in lines)
        return allows(self, roles, domain, coordinate, act, rows) or (is_granted and not is_barred)

    patch.setattr(Enforcer, "allows", lenient)


@leak("policy")
def gates_open(patch):
    """Neither module nor subscription nor the key's scopes close anything."""
    patch.setattr(Rights, "_find_gate", lambda *_: None)


@leak("caches")
def plans_shared_by_all(patch):
    """A plan is kept under the operation alone."""
    patch.setattr(Standing, "shape", property(lambda self: (None, len(self.memberships) == 1)))
