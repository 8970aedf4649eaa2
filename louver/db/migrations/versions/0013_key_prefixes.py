"""A key's prefix is unique within its agency, and found in all of them."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    # A unique index without agency_id would keep the table from being distributed by it.
    op.drop_index("ix_api_keys_prefix", "api_keys")
    op.create_index("ix_api_keys_prefix", "api_keys", ["prefix"])
    op.create_index("ix_api_keys_agency_id_prefix", "api_keys", ["agency_id", "prefix"], unique=True)
