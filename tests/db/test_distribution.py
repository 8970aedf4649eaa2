"""The tables can be distributed by agency as they are: Citus's rules, held against the declared tables.

Citus puts a row of a distributed table where its agency's rows are, and copies a reference table whole to every node.
It checks a unique index within one node only, so that the agency must be part of it, and follows a reference only to a
row that is on the same node: of the same agency, or of a reference table.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from louver.db.tables import Base
from louver.logging.retention.tables import audit_agencies, audit_holds, audit_turns
from louver.logging.reviews import audit_reviews
from louver.logging.tables import audit_records, audit_statements, metadata

WHOLE = {
    "agencies": "the tenants themselves: a row each, and read to learn an agency's modules and policy version",
    "people": "a person may be in several agencies",
    "person_credentials": "a person's, whatever the agency",
    "recovery_codes": "a person's, whatever the agency",
    "person_sessions": "a person's, whatever the agency",
    "known_addresses": "a person's, whatever the agency",
    "logon_guards": "a name that somebody tried to log in by, whether or not anybody has it",
    "identity_providers": "found by their names before the agency is known, and those must differ; a few an agency",
    "budget_windows": "counters of the last minute, by a key that may be anybody's",
}
"""Tables that every node has a copy of, or that stay on one, and why."""
FOUND_BEFORE_AGENCY = {
    "ix_api_keys_prefix": "a key is all that a request brings: the agency is what is looked for",
    "ix_memberships_person_id": "a person is known by a session: the agencies are what is looked for",
    "ix_support_grants_person_id": "the agencies that let somebody of vendor support in are what is looked for",
}
"""Indexes of distributed tables that do not begin with the agency, and why. None of them is unique."""
LOG = {
    audit_records: "writer",
    audit_statements: None,
    audit_holds: None,
    audit_agencies: None,
    audit_turns: None,
    audit_reviews: None,
}
"""The log, which is no tenant's: each process writes a chain of its own. Beside it what spreads it; None: nothing."""

TABLES = Base.metadata.sorted_tables
DISTRIBUTED = [table for table in TABLES if table.name not in WHOLE]


def list_uniques(table: Table) -> Iterator[list[str]]:
    """The columns of everything that is unique in a table."""
    for item in (*table.constraints, *table.indexes):
        if isinstance(item, PrimaryKeyConstraint | UniqueConstraint) or (isinstance(item, Index) and item.unique):
            yield [column.name for column in item.columns]


def list_pairs(key: ForeignKeyConstraint) -> list[tuple[str, str]]:
    """The columns of a reference, each with the one that it refers to."""
    return [(element.parent.name, element.column.name) for element in key.elements]


def begins_with_agency(index: Index) -> bool:
    """Whether an index can be read for one agency alone."""
    first = next(iter(index.expressions))
    return isinstance(first, Column) and first.name == "agency_id"


@pytest.mark.parametrize("table", DISTRIBUTED, ids=lambda table: table.name)
class TestDistributed:
    def test_agency_is_known(self, table: Table) -> None:
        """Each row says whose it is."""
        assert not table.c.agency_id.nullable

    def test_unique_within_agency(self, table: Table) -> None:
        """The primary key, and all else that is unique, begins with the agency."""
        assert {columns[0] for columns in list_uniques(table)} == {"agency_id"}

    def test_indexes(self, table: Table) -> None:
        """Every index begins with the agency, but the few that find it."""
        assert {index.name for index in table.indexes if not begins_with_agency(index)} <= set(FOUND_BEFORE_AGENCY)

    def test_references(self, table: Table) -> None:
        """A reference is to a row of the same agency, in the same place on both sides, or to a table that is whole."""
        for key in table.foreign_key_constraints:
            within = list_pairs(key)[0] == ("agency_id", "agency_id")
            assert within or key.referred_table.name in WHOLE, key.name

    def test_deletions(self, table: Table) -> None:
        """No reference sets a column when its row goes: Citus could not where the agency is among them."""
        assert {key.ondelete for key in table.foreign_key_constraints} <= {None, "CASCADE"}


class TestWhole:
    def test_references(self) -> None:
        """A table that is whole refers to no distributed one: the row may be on another node."""
        referred = {
            key.referred_table.name for name in WHOLE for key in Base.metadata.tables[name].foreign_key_constraints
        }
        assert referred <= set(WHOLE)

    def test_named(self) -> None:
        """Each exception is a table or an index that there is, and is not unique."""
        found = {index.name for table in DISTRIBUTED for index in table.indexes if not begins_with_agency(index)}
        assert (set(WHOLE) - {table.name for table in TABLES}, set(FOUND_BEFORE_AGENCY)) == (set(), found)


class TestLog:
    def test_apart(self) -> None:
        """Every table of the log is known here, and none refers to another: the log may be in a database of its own."""
        assert set(metadata.tables.values()) == set(LOG)
        assert not any(table.foreign_keys for table in LOG)

    @pytest.mark.parametrize(("table", "column"), LOG.items(), ids=lambda item: getattr(item, "name", ""))
    def test_unique(self, table: Table, column: str | None) -> None:
        """What it is distributed by is part of all that is unique in it."""
        assert column is None or all(column in columns for columns in list_uniques(table))
