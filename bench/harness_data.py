"""The public harness's records in our tables: the same rows and the same numbers, named as our schema has them.

The harness compares every answer with its own SQL, so what it calls `id` or `status` must come back with that value.
Our ids are opaque and our states are codes, so its numbers and words stand in fields of text. Ids here follow its
numbers (falling, where it lists the highest first), so that our own order of rows is the order that it asks for.

Of an involvement the harness has two texts and we have one, the rank at the time. In the agency that is asked about the
kind of force follows from the officer, whose pseudonym it is therefore.
"""

from tempfile import TemporaryFile
from uuid import UUID

import asyncpg

AGENCY = UUID(int=1)
OTHER_AGENCY = UUID(int=2)
_RISING = "lpad(to_hex({}), 32, '0')::uuid AS {}"
_FALLING = "lpad(to_hex(2147483647 - {}), 32, '0')::uuid AS {}"
_AGENCY_ID = _RISING.format("agency_id", "agency_id")

COPIES = {
    "agencies": f"""
        SELECT {_RISING.format("id", "id")}, id::text AS contact_title, name, ori, state, 'UTC' AS timezone,
            '{{TRAINING,UOF}}'::text[] AS modules, 'ACTIVE' AS status, 5 AS small_cell_minimum,
            0 AS policy_overlay_version
        FROM agency""",
    "officers": f"""
        SELECT {_AGENCY_ID}, {_RISING.format("id", "id")}, id::text AS post_license_no, badge_number, employee_id,
            first_name, last_name, title, rank, email AS work_email, hired_on AS hire_date, status AS assignment,
            false AS is_undercover, true AS is_sworn, coalesce(kind, 'none') AS pseudonym
        FROM officer LEFT JOIN (
            SELECT officer_id, min(force_type) AS kind FROM uof_involvement GROUP BY officer_id
        ) used ON officer_id = id""",
    "courses": f"""
        SELECT {_AGENCY_ID}, {_RISING.format("id", "id")}, id::text AS code, title, 'UNKNOWN' AS category,
            (hours * 100)::int AS hours_hundredths, provider AS sponsor
        FROM course""",
    "trainings": f"""
        SELECT {_AGENCY_ID}, {_FALLING.format("id", "id")}, {_RISING.format("officer_id", "officer_id")},
            {_RISING.format("course_id", "course_id")}, completed_on, score::float8 AS score,
            (hours * 100)::int AS hours_hundredths, status AS location, id::text AS provider, instructor,
            certificate_number,
            CASE status WHEN 'completed' THEN 'COMPLETED' WHEN 'failed' THEN 'FAILED'
                WHEN 'in_progress' THEN 'IN_PROGRESS' ELSE 'WITHDRAWN' END AS status
        FROM training_record""",
    "uof_incidents": f"""
        SELECT {_AGENCY_ID}, {_FALLING.format("id", "id")}, id::text AS number, occurred_at, 'CLOSED' AS status,
            'LEVEL_2' AS level, location AS address, type AS call_type, force_level::text AS beat, narrative AS summary
        FROM uof_incident""",
    "uof_involvements": f"""
        SELECT {_AGENCY_ID}, {_RISING.format("v.id", "id")}, {_FALLING.format("u.id", "incident_id")},
            {_RISING.format("v.officer_id", "officer_id")}, role AS officer_rank
        FROM uof_involvement v JOIN uof_incident u ON u.id = v.incident_id""",
}
"""A SELECT of the harness's database for each of our tables, its columns named as ours; referred rows first."""


async def copy_records(harness_url: str, our_url: str) -> dict[str, int]:
    """Copy every row, and tell how many of each table."""
    theirs, ours = await asyncpg.connect(harness_url), await asyncpg.connect(our_url)
    try:
        counted = {}
        for table, query in COPIES.items():
            columns = [attribute.name for attribute in (await theirs.prepare(query)).get_attributes()]
            with TemporaryFile() as rows:
                counted[table] = int((await theirs.copy_from_query(query, output=rows)).split()[1])
                rows.seek(0)
                await ours.copy_to_table(table, source=rows, columns=columns)
        await ours.execute("VACUUM ANALYZE")
        return counted
    finally:
        await theirs.close()
        await ours.close()
