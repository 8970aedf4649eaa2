"""Alembic migrations, shipped with the package and run by `louver.db.migrate`."""
