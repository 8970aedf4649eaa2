"""Pages below other rows on SQLite: what is read follows what is shown, also where the file was never analysed."""

import re
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest
from sqlalchemy import Integer, bindparam

from louver.resolvers.dialects import First, SqliteSpeech
from louver.resolvers.parents import select_per_parent
from louver.schema.catalogue import build_catalogue

CATALOGUE = build_catalogue()
RELATIONS = {
    entity.coordinate(relation.name): relation
    for entity in CATALOGUE.values()
    for relation in entity.relations.values()
    if relation.many
}


@pytest.mark.parametrize("coordinate", RELATIONS)
def test_rows_are_searched_by_their_parent(sqlite_template, coordinate):
    """Whatever order is asked for, a parent's rows are found by its key, and what is shown of them by their number."""
    relation, speech = RELATIONS[coordinate], SqliteSpeech()
    for column in CATALOGUE[relation.target].table.c:
        row = CATALOGUE[relation.target].table.alias()
        limit = bindparam("limit", type_=Integer())
        ordered = [row.c[column.name].asc().nulls_last(), row.c.id.asc()]
        first = First(
            row, row.c[CATALOGUE[relation.target].agency_column] == "a", row.c[relation.remote], ordered, limit
        )
        rows = SimpleNamespace(columns=[row.c.id.label("v1")], joins=[])
        query = str(select_per_parent(speech, first, rows).compile(dialect=speech.dialect))
        searched = [step for step in explain(sqlite_template, query) if step.startswith("SEARCH")]
        assert searched[0].startswith("SEARCH page USING INTEGER PRIMARY KEY")
        assert re.search(rf"\b{relation.remote}=\?", searched[1]), (column.name, searched)


def explain(path, query):
    with closing(sqlite3.connect(path)) as connection:
        return [step[3] for step in connection.execute(f"EXPLAIN QUERY PLAN {query}", ["[]"] * query.count("?"))]
