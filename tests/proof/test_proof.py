"""No answer depends on what its caller may not know."""

import json

from click.testing import CliRunner

from louver.cli import main
from louver.proof.proving import Room
from louver.proof.surfaces import Surface
from tests.proof.postgres import PostgresStore

ROUNDS, TRIALS = 4, 20
PAIRS_MIN = 2_000


def test_no_answer_depends_on_what_is_hidden(room):
    """Over drawn worlds, policies, callers and operations; a longer run is `louver policy prove`."""
    rounds = [room.run_round(number, TRIALS) for number in range(ROUNDS)]
    assert [found.description for found in rounds if found.finding] == []
    assert sum(found.tally.pairs for found in rounds) >= PAIRS_MIN
    for surface in Surface:
        assert any(found.tally.hits[surface] for found in rounds), surface


def test_nor_on_postgresql(postgres_url):
    """The same, where SQL is another and rows come in no order of their own."""
    store = PostgresStore(postgres_url)
    room = Room(store=store)
    found = room.run_round(0, TRIALS)
    room.run(store.close())
    room.close()
    assert found.description is None
    assert found.tally.pairs >= PAIRS_MIN // ROUNDS


def test_command_tells_what_was_compared():
    """`louver policy prove` ends well where nothing differs, and counts what was tried on each surface."""
    answer = CliRunner().invoke(main, ["policy", "prove", "--pairs", "100", "--seed", "1", "--jobs", "1", "--json"])
    told = json.loads(answer.stdout)
    assert (answer.exit_code, told["differences"]) == (0, 0)
    assert told["pairs"] >= 100
    assert set(told["surfaces"]) == set(Surface)
    assert told["surfaces"]["list"] > 0
