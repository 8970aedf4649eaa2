"""Keep PostgreSQL from trying to compress ids, which never get smaller by it."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _store("EXTERNAL")


def downgrade() -> None:
    _store("EXTENDED")


def _store(how: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in ("officer_ids", "incident_ids"):
            op.execute(f"ALTER TABLE audit_records ALTER COLUMN {name} SET STORAGE {how}")
