"""Rows: tables, codes, engines, migrations and the read path. Knows nothing of the other rooms."""
