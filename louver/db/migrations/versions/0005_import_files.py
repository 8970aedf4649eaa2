"""Files of an import run, with their digests."""

from alembic import op

from louver.db.migrations.columns import number, points_at, ref, tenant_key, text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "import_files",
        *tenant_key("import_files"),
        ref("import_run_id", required=True),
        text("name", required=True),
        text("sha256", required=True),
        number("rows_read", required=True),
        points_at("import_files", "import_run_id", "import_runs"),
    )
    op.create_index("ix_import_files_agency_id_import_run_id", "import_files", ["agency_id", "import_run_id"])
