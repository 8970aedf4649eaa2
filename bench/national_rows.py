"""The rows of the nation, as SELECTs that draw every value from its row's number: the same seed, the same rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from uuid import UUID

SEED = 20_260_301
TRAININGS_EACH = 50
_FIRST = "Ada,Boyd,Cleo,Dane,Edith,Farid,Greta,Hugo,Ines,Jonas,Kira,Lorenz,Mabel,Nils,Odette,Pavel"
_BEGIN = "Ash,Birch,Clay,Dun,East,Far,Grey,Hollis,In,King,Lang,Mar,Nor,Oak,Pen,Quin,Rad,Sel,Tor,Wes"
_END = "brook,bury,by,combe,dale,down,field,ford,gate,ham,hurst,land,ley,low,mont,shaw,stead,ton,wick,worth"
_RANKS = "Officer,Officer,Officer,Corporal,Sergeant,Lieutenant,Captain"
_STATES = "ACTIVE,ACTIVE,ACTIVE,ACTIVE,PROBATIONARY,LEAVE,RETIRED"
_RESULTS = "PASSED,PASSED,COMPLETED,COMPLETED,INSTRUCTED,FAILED,INCOMPLETE"
_TOPICS = "De-escalation,Firearms,First aid,Emergency driving,Report writing,Law update"


@dataclass(frozen=True, slots=True)
class MadeTable:
    """One table: a column and the expression that makes it, over `a` (its agency's sizes) and further sources."""

    name: str
    source: str
    values: dict[str, str]
    rounds: int = 1
    """How often the SELECT is sent, `{round}` each time another number."""

    @property
    def columns(self) -> list[str]:
        """The columns that are filled."""
        return list(self.values)

    def queries(self) -> Iterator[str]:
        """The SELECTs that make its rows."""
        query = f"SELECT {', '.join(self.values.values())} FROM sizes a {self.source}"
        for number in range(self.rounds):
            yield query.replace("{round}", str(number))


def write_prelude(seed: int) -> str:
    """What the SELECTs need: the agencies' sizes, and two functions that make ids and draw numbers."""
    return f"""
CREATE TEMP TABLE sizes (
    number int, officers int, id uuid GENERATED ALWAYS AS (md5('{seed} agency ' || number::text)::uuid) STORED,
    units int GENERATED ALWAYS AS (1 + officers / 40) STORED,
    courses int GENERATED ALWAYS AS (20 + least(officers / 10, 200)) STORED
);
CREATE FUNCTION pg_temp.made(kind text, agency int, number int) RETURNS uuid LANGUAGE sql STABLE AS
    $$ SELECT md5('{seed} ' || kind || agency || '/' || number)::uuid $$;
CREATE FUNCTION pg_temp.draw(salt int, agency int, number int, below int) RETURNS int LANGUAGE sql IMMUTABLE AS
    $$ SELECT ((hashint8extended(agency::bigint << 32 | number, {seed} + salt) & 2147483647) % below)::int $$;
"""


def identify(kind: str, agency: int, number: int, seed: int = SEED) -> UUID:
    """The id of a row, as the SELECTs make it."""
    return UUID(md5(f"{seed} {kind}{agency}/{number}".encode()).hexdigest())


def identify_agency(number: int, seed: int = SEED) -> UUID:
    """The id of an agency, as the SELECTs make it."""
    return UUID(md5(f"{seed} agency {number}".encode()).hexdigest())


def _made(kind: str, number: str) -> str:
    return f"pg_temp.made('{kind}', a.number, {number})"


def _draw(salt: int, number: str, below: object) -> str:
    return f"pg_temp.draw({salt}, a.number, {number}, {below})"


def _pick(salt: int, number: str, names: str) -> str:
    return f"('{{{names}}}'::text[])[1 + {_draw(salt, number, names.count(',') + 1)}]"


def _coin(salt: int, number: str, odds: int) -> str:
    return f"{_draw(salt, number, odds)} = 0"


_N = "n"
_UNIT = _made("unit", _draw(5, _N, "a.units"))
_TRAINING = f"(n * {TRAININGS_EACH} + {{round}})"
_EACH_OFFICER = "CROSS JOIN LATERAL generate_series(0, a.officers - 1) n"
_EACH_INVOLVEMENT = "CROSS JOIN LATERAL generate_series(0, 2 * a.officers - 1) n"

TABLES = (
    MadeTable(
        "agencies",
        "",
        {
            "id": "a.id",
            "name": "'Agency ' || a.number",
            "ori": "'ZZ' || lpad(a.number::text, 7, '0')",
            "state": "'ZZ'",
            "timezone": "'UTC'",
            "modules": "'{TRAINING,UOF}'::varchar[]",
            "status": "'ACTIVE'",
            "small_cell_minimum": "5",
            "policy_overlay_version": "0",
        },
    ),
    MadeTable(
        "units",
        "CROSS JOIN LATERAL generate_series(0, a.units - 1) n",
        {
            "agency_id": "a.id",
            "id": _made("unit", _N),
            "name": "'Unit ' || n",
            "parent_id": f"CASE WHEN n > 0 THEN {_made('unit', '0')} END",
        },
    ),
    MadeTable(
        "unit_closure",
        "CROSS JOIN LATERAL generate_series(0, a.units - 1) n JOIN (VALUES (0), (1)) own (it) ON n > 0 OR own.it = 1",
        {
            "agency_id": "a.id",
            "ancestor_id": _made("unit", "n * own.it"),
            "unit_id": _made("unit", _N),
        },
    ),
    MadeTable(
        "officers",
        _EACH_OFFICER,
        {
            "agency_id": "a.id",
            "id": _made("officer", _N),
            "badge_number": "'B' || lpad(n::text, 5, '0')",
            "employee_id": "'E-' || lpad(n::text, 6, '0')",
            "first_name": _pick(1, _N, _FIRST),
            "last_name": f"{_pick(2, _N, _BEGIN)} || {_pick(3, _N, _END)}",
            "title": "'Patrol'",
            "rank": _pick(4, _N, _RANKS),
            "unit_id": _UNIT,
            "hire_date": f"DATE '2000-01-01' + {_draw(6, _N, 9_000)}",
            "employment_status": _pick(7, _N, _STATES),
            "work_email": "'officer' || n || '@agency' || a.number || '.example'",
            "work_phone": "'555-01' || lpad((n % 100)::text, 2, '0')",
            "race_ethnicity": _pick(8, _N, "W,B,H,A"),
            "sex": _pick(9, _N, "M,F"),
            "is_undercover": _coin(10, _N, 50),
            "is_sworn": "true",
            "pseudonym": f"left(md5({_made('pseudonym', _N)}::text), 16)",
        },
    ),
    MadeTable(
        "courses",
        "CROSS JOIN LATERAL generate_series(0, a.courses - 1) n",
        {
            "agency_id": "a.id",
            "id": _made("course", _N),
            "code": "'C-' || lpad(n::text, 3, '0')",
            "title": f"{_pick(11, _N, _TOPICS)} || ' ' || n",
            "category": "'UNKNOWN'",
            "hours_hundredths": "800",
            "sponsor": "'Academy'",
        },
    ),
    MadeTable(
        # Round by round, so that an officer's rows lie as far apart as they do where all agencies enter theirs day by
        # day.
        "trainings",
        _EACH_OFFICER,
        {
            "agency_id": "a.id",
            "id": _made("training", _TRAINING),
            "officer_id": _made("officer", _N),
            "course_id": _made("course", _draw(12, _TRAINING, "a.courses")),
            "completed_on": f"DATE '2016-01-01' + {{round}} * 70 + {_draw(13, _TRAINING, 70)}",
            "hours_hundredths": f"100 + 25 * {_draw(14, _TRAINING, 156)}",
            "status": _pick(15, _TRAINING, _RESULTS),
            "score": f"(400 + {_draw(16, _TRAINING, 600)}) / 10::float8",
            "passed": f"{_draw(16, _TRAINING, 600)} >= 300",
            "instructor": f"{_pick(17, _TRAINING, _BEGIN)} || {_pick(18, _TRAINING, _END)}",
            "provider": "'State academy'",
            "location": "'Range 2'",
            "certificate_number": f"'CERT-' || lpad({_draw(19, _TRAINING, 10**8)}::text, 8, '0')",
        },
        rounds=TRAININGS_EACH,
    ),
    MadeTable(
        "uof_incidents",
        _EACH_OFFICER,
        {
            "agency_id": "a.id",
            "id": _made("incident", _N),
            "number": "'U-' || lpad(n::text, 6, '0')",
            "occurred_at": f"TIMESTAMPTZ '2016-01-01 00:00Z' + {_draw(20, _N, 5_000_000)} * interval '1 minute'",
            "status": "'CLOSED'",
            "level": "'LEVEL_2'",
            "beat": "(n % 30)::text",
            "summary": "'Made up.'",
        },
    ),
    MadeTable(
        "uof_involvements",
        _EACH_INVOLVEMENT,
        {
            "agency_id": "a.id",
            "id": _made("involvement", _N),
            "incident_id": _made("incident", "n / 2"),
            "officer_id": _made("officer", _draw(21, _N, "a.officers")),
            "officer_age": f"22 + {_draw(22, _N, 40)}",
            "force_types": "'{01}'::varchar[]",
            "on_duty": "true",
        },
    ),
    MadeTable(
        "uof_subjects",
        _EACH_OFFICER,
        {
            "agency_id": "a.id",
            "id": _made("subject", _N),
            "incident_id": _made("incident", _N),
            "seq": "1",
            "sex": _pick(23, _N, "M,F"),
        },
    ),
)
