"""The log's table: its migrations, its version, and what happens without it."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from louver.db.engine import begin_writing, create_engine
from louver.errors import MisconfiguredError
from louver.logging import AuditStore
from louver.logging.location import locate_audit
from louver.logging.tables import REVISION, SUBJECT_INDEXES, VERSION_TABLE, audit_records, metadata
from louver.settings import Settings
from louver.stores import require_current_stores, upgrade_stores


@pytest.fixture(scope="session")
def log_database(postgres_template):
    """Databases without the log: how it comes about is what is looked at here."""
    return postgres_template


@pytest.fixture
async def settings(database_url, tmp_path):
    settings = Settings(database_url=database_url, var=tmp_path)
    await upgrade_stores(settings)
    return settings


class TestMigrations:
    async def test_migrated_is_declared(self, audit_engine):
        """The migrated table is the one that the code declares, on both engines."""
        gin = {index.name for index in SUBJECT_INDEXES}
        options = {
            "version_table": VERSION_TABLE,
            "compare_type": True,
            "include_name": lambda name, kind, _: kind != "table" or name in metadata.tables,
            "include_object": lambda _, name, *__: audit_engine.dialect.name != "sqlite" or name not in gin,
        }

        def compare(connection):
            return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

        async with audit_engine.connect() as connection:
            assert await connection.run_sync(compare) == []

    def test_revision_is_newest(self):
        """The version that the store insists on is the one that the newest migration makes."""
        config = Config()
        config.set_main_option("script_location", "louver.logging:migrations")
        config.set_main_option("path_separator", "os")
        assert ScriptDirectory.from_config(config).get_current_head() == REVISION

    async def test_upgrade_again_changes_nothing(self, settings, store, make_record, list_rows):
        """Upgrading a current store keeps its records."""
        await store.append(make_record())
        await upgrade_stores(settings)
        assert len(await list_rows()) == 1

    def test_columns_are_the_record(self, make_record):
        """Each field of a record has a column, and each column but the chain's own is a field."""
        chain = {"writer", "sequence", "previous_hash", "hash", "commitment", "salt"}
        assert set(make_record().as_dict()) == set(audit_records.columns.keys()) - chain


class TestMissing:
    async def test_sqlite_file_is_not_made(self, tmp_path):
        """A missing log is an error at start-up, not an empty log."""
        settings = Settings(audit_url=f"sqlite:///{tmp_path}/audit.db")
        with pytest.raises(MisconfiguredError, match="cannot be opened"):
            await AuditStore.open(settings)
        assert list(tmp_path.iterdir()) == []

    async def test_unmigrated_is_refused(self, database_url):
        """A database without the log's table is an error at start-up that says what to run."""
        with pytest.raises(MisconfiguredError, match="not at this version") as caught:
            await AuditStore.open(Settings(audit_url=database_url))
        assert "louver db upgrade" in str(caught.value.hint)

    async def test_unreachable_is_refused(self):
        """A server that cannot keep a log does not start."""
        with pytest.raises(MisconfiguredError, match="cannot be opened"):
            await AuditStore.open(Settings(audit_url="postgresql://nobody@127.0.0.1:1/none"))

    async def test_records_missing(self, tmp_path):
        """A missing database of records is told apart from a missing log."""
        with pytest.raises(MisconfiguredError, match="no database where LOUVER_DATABASE_URL points"):
            await require_current_stores(Settings(database_url=f"sqlite:///{tmp_path}/louver.db"))


class TestLocation:
    @pytest.mark.parametrize(
        ("database_url", "audit_url", "expected"),
        [
            ("sqlite:///var/louver.db", "", "sqlite:///var/audit.db"),
            ("sqlite:////srv/l/louver.db", "", "sqlite:////srv/l/audit.db"),
            ("sqlite:///var/louver.db", "postgresql://h/log", "postgresql://h/log"),
            ("postgresql://h/records", "", "postgresql://h/records"),
        ],
    )
    def test_beside_the_records(self, database_url, audit_url, expected):
        """SQLite: a file of its own in the same folder; PostgreSQL: the same database; or where the setting says."""
        assert expected == locate_audit(Settings(database_url=database_url, audit_url=audit_url, var=Path()))

    def test_unknown_engine(self):
        """An engine that cannot hold the log is refused by the name of its setting."""
        with pytest.raises(MisconfiguredError) as caught:
            locate_audit(Settings(audit_url="mysql://h/log"))
        assert "LOUVER_AUDIT_URL" in str(caught.value.hint)


class TestFirstSchema:
    async def test_records_are_kept_aside(self, database_url, tmp_path):
        """Records of the first schema, which are under another hash, are not thrown away by the upgrade."""
        settings = Settings(audit_url=database_url, database_url=f"sqlite:///{tmp_path}/louver.db")
        engine = create_engine(database_url)
        async with begin_writing(engine) as connection:
            await connection.run_sync(upgrade_to, "0001")
            columns = (
                "writer, sequence, schema_version, at, event, outcome, roles, purpose, officer_ids, incident_ids, rows,"
                " bytes_in, bytes_out, duration_us, request_id, replica, previous_hash, hash"
            )
            values = (
                f"'{'0' * 32}', 1, 1, '2026-03-09T16:05:00.000000Z', 'e', 'o', '[]', 'p', '', '', 0, 0, 0, 0,"
                f" '{'0' * 32}', 'r', '', ''"
            )
            await connection.execute(text(f"INSERT INTO audit_records ({columns}) VALUES ({values})"))
        await upgrade_stores(settings)
        async with engine.connect() as connection:
            assert (await connection.scalar(text("SELECT count(*) FROM audit_records_1"))) == 1
            assert (await connection.scalar(text("SELECT count(*) FROM audit_records"))) == 0
        await engine.dispose()


def upgrade_to(connection, revision):
    config = Config()
    config.set_main_option("script_location", "louver.logging:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
