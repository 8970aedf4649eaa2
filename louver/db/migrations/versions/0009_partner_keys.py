"""Partner keys: addresses, budgets, the safelist, what they were rotated from, who issued them, how often they call."""

import sqlalchemy as sa
from alembic import op

from louver.db.migrations.columns import codes, number, ref, text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # Keys from before are nobody's outside of the agency, and their calls were not counted.
    for column in (
        sa.Column("is_partner", sa.Boolean(), nullable=False, server_default=sa.false()),
        codes("allowed_addresses"),
        number("rate_per_minute"),
        number("cost_per_minute"),
        text("safelist"),
        sa.Column("calls", sa.Integer(), nullable=False, server_default="0"),
        text("replaces"),
        text("issued_by"),
        ref("issued_by_id"),
        text("revoked_by"),
    ):
        op.add_column("api_keys", column)
