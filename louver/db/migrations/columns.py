"""The vocabulary of columns that migrations are written in. Frozen: it never follows the tables of a later version."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
CODES = sa.String().with_variant(postgresql.ARRAY(sa.String(collation="C")), "postgresql")
INSTANT = sa.String(27).with_variant(sa.TIMESTAMP(timezone=True), "postgresql")

Column = sa.Column[object]


def text(name: str, *, required: bool = False) -> Column:
    """Declare text, or one code."""
    return sa.Column(name, TEXT, nullable=not required)


def codes(name: str, *, required: bool = False) -> Column:
    """Declare several codes."""
    return sa.Column(name, CODES, nullable=not required)


def instant(name: str, *, required: bool = False) -> Column:
    """Declare a moment in UTC."""
    return sa.Column(name, INSTANT, nullable=not required)


def day(name: str, *, required: bool = False) -> Column:
    """Declare a calendar day."""
    return sa.Column(name, sa.Date(), nullable=not required)


def flag(name: str, *, required: bool = False) -> Column:
    """Declare a truth value."""
    return sa.Column(name, sa.Boolean(), nullable=not required)


def number(name: str, *, required: bool = False) -> Column:
    """Declare a whole number."""
    return sa.Column(name, sa.Integer(), nullable=not required)


def real(name: str, *, required: bool = False) -> Column:
    """Declare a number with a fraction."""
    return sa.Column(name, sa.Double(), nullable=not required)


def ref(name: str, *, required: bool = False) -> Column:
    """Declare the id of a row."""
    return sa.Column(name, sa.Uuid(), nullable=not required)


def tenant_key(table: str) -> tuple[Column | sa.Constraint, ...]:
    """Declare the agency and the row's id, which are the key together."""
    return (
        ref("agency_id", required=True),
        ref("id", required=True),
        sa.PrimaryKeyConstraint("agency_id", "id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=f"fk_{table}_agency_id"),
    )


def source_key(table: str) -> tuple[Column | sa.Constraint, ...]:
    """Declare where an imported row came from, once per agency."""
    return (
        text("source_system"),
        text("source_key"),
        sa.UniqueConstraint(
            "agency_id", "source_system", "source_key", name=f"uq_{table}_agency_id_source_system_source_key"
        ),
    )


def points_at(table: str, column: str, target: str, **options: object) -> sa.ForeignKeyConstraint:
    """Declare a reference to a row of the same agency."""
    return sa.ForeignKeyConstraint(
        ["agency_id", column],
        [f"{target}.agency_id", f"{target}.id"],
        name=f"fk_{table}_agency_id_{column}",
        **options,  # type: ignore[arg-type]  # ondelete, deferrable, initially: as SQLAlchemy takes them
    )
