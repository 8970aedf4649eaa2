"""Verification: whatever is done to the log shows, in the store and in an archive, and the record is named."""

import random
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update

from louver.db.engine import begin_writing
from louver.errors import InvalidInputError
from louver.logging.archive import stream_rows, write_record, write_statement
from louver.logging.chain import GENESIS, Link, seal_record
from louver.logging.checkpoints import Told, checkpoint, checkpoint_whole
from louver.logging.signing import read_signer
from louver.logging.statements import StatementKind, append, list_statements
from louver.logging.tables import PERSONAL, SALT, audit_records, audit_statements
from louver.verification import verify_archive, verify_store

EDITS = 1_000
RECORDS = 6


@pytest.fixture
def signer(settings):
    return read_signer(settings)


@pytest.fixture
async def written(store, make_record, audit_engine, signer):
    """A log of six records, of which a checkpoint saw five."""
    for _ in range(RECORDS - 1):
        await store.append(make_record(at=datetime.now(UTC)))
    async with begin_writing(audit_engine) as connection:
        statement = await checkpoint(connection, signer, Told())
    await store.append(make_record(at=datetime.now(UTC)))
    return statement


@pytest.fixture
def change(audit_engine):
    """Do something to the log behind the service's back."""

    async def change(statement):
        async with begin_writing(audit_engine) as connection:
            await connection.execute(statement)

    return change


@pytest.fixture
def certify(audit_engine, signer):
    """Remove records as the retention does: with a certificate."""

    async def certify(statement, **content):
        async with begin_writing(audit_engine) as connection:
            await connection.execute(statement)
            await append(connection, signer, StatementKind.REMOVAL, content)

    return certify


@pytest.fixture
def verify(settings):
    """Verify the store, and answer each break as (sequence or statement, problem)."""

    async def verify(*sent):
        verdict = await verify_store(settings, (), sent)
        told = [each.as_dict() for each in verdict.breaks]
        return [(each.get("sequence", each.get("statement")), each["problem"]) for each in told]

    return verify


@pytest.fixture
async def archive(audit_engine, tmp_path):
    """An archive of the log."""
    async with audit_engine.connect() as connection:
        lines = [write_statement(each) for each in await list_statements(connection)]
        async for portion in stream_rows(connection):
            lines += map(write_record, portion)
    path = tmp_path / "archive.ndjson"
    path.write_bytes(b"".join(lines))
    return path


def at(*sequences):
    return audit_records.c.sequence.in_(sequences)


def erase(*sequences):
    return update(audit_records).where(at(*sequences)).values(dict.fromkeys((*PERSONAL, SALT)))


@pytest.mark.usefixtures("written")
class TestStore:
    async def test_untouched(self, written, verify):
        """A log that nobody touched holds, with what was sent out."""
        assert await verify(written) == []

    async def test_edit_is_named(self, change, verify):
        """An edit is found, and the record is named."""
        await change(update(audit_records).where(at(3)).values(outcome="refused"))
        assert await verify() == [(3, "it was edited")]

    async def test_cut_tail(self, change, verify):
        """A tail that is cut off is missed by the checkpoint that saw it; what came after no checkpoint is not."""
        await change(delete(audit_records).where(at(6)))
        assert await verify() == []
        await change(delete(audit_records).where(at(5)))
        assert await verify() == [(5, "it is missing: checkpoint 1 saw the chain go on")]

    async def test_whole_chain_gone(self, change, verify):
        """A chain of which nothing is left is missed too."""
        await change(delete(audit_records))
        assert await verify() == [(1, "it is missing: checkpoint 1 saw the chain go on")]

    async def test_rewritten_chain(self, store, change, verify, list_rows, make_record):
        """Who writes a chain anew, hashes and all, is found out by the checkpoint."""
        rows = await list_rows()
        forged = seal_record(make_record(at=datetime.now(UTC)), store.writer_id, Link(4, rows[3]["hash"]))
        await change(delete(audit_records).where(at(5, 6)))
        await change(audit_records.insert().values(forged.as_row()))
        assert await verify() == [(5, "it is not the record that checkpoint 1 saw")]

    async def test_statements_gone(self, written, change, verify):
        """Who takes the checkpoints away as well is found out by one that was sent out."""
        await change(delete(audit_records).where(at(5, 6)))
        await change(delete(audit_statements))
        assert await verify() == []
        assert await verify(written) == [
            (1, "it was sent out, and is not in the log"),
            (5, "it is missing: checkpoint 1 saw the chain go on"),
        ]

    @pytest.mark.parametrize(
        ("values", "problem"),
        [
            ({"body": "{}"}, "its signature is not right"),
            ({"signature": bytes(64)}, "its signature is not right"),
            ({"key_id": "0" * 16}, f"it is signed with a key that you do not trust, {'0' * 16}"),
            ({"kind": "removal"}, "it is not stored as it was signed"),
            ({"number": 2}, "it is not stored as it was signed"),
        ],
        ids=["body", "signature", "key", "kind", "number"],
    )
    async def test_statement_edited(self, change, verify, values, problem):
        """A statement that was changed in any way vouches for nothing, and is named."""
        await change(update(audit_statements).values(values))
        assert (values.get("number", 1), problem) in await verify()

    async def test_foreign_key(self, settings, verify):
        """Trust comes from the key of whoever checks, and not from the log."""
        for name in ("audit-key.pem", "audit-key.pub"):
            (settings.var / name).unlink()
        read_signer(settings)
        assert [number for number, _ in await verify()] == [1]


@pytest.mark.usefixtures("written")
class TestRemoval:
    async def test_erased_by_certificate(self, written, certify, store, verify, list_rows):
        """Records whose personal part was erased by certificate still hold, and hold nothing personal."""
        await certify(erase(2, 3), erased={str(store.writer_id): [[2, 3]]})
        assert await verify(written) == []
        assert {row[name] for row in (await list_rows())[1:3] for name in PERSONAL} == {None}

    async def test_erased_without(self, certify, store, verify):
        """Who hides behind an erasure is found out: no certificate names the record."""
        await certify(erase(2, 4), erased={str(store.writer_id): [[2, 3]]})
        assert await verify() == [(4, "its personal part was erased, and no certificate says so")]

    async def test_half_erased(self, change, verify):
        """One field that is emptied is an edit and no erasure."""
        await change(update(audit_records).where(at(2)).values(address=None))
        assert await verify() == [(2, "its personal part was edited")]

    async def test_deleted_by_certificate(self, written, certify, store, verify, list_rows):
        """Records that were deleted by certificate are not missed, nor is what the checkpoint saw of them."""
        rows = await list_rows()
        gaps = [[1, 2, GENESIS.hex(), rows[1]["hash"].hex()], [3, 3, rows[1]["hash"].hex(), rows[2]["hash"].hex()]]
        await certify(delete(audit_records).where(at(1, 2, 3)), deleted={str(store.writer_id): gaps})
        assert await verify(written) == []

    async def test_all_deleted_by_certificate(self, written, certify, store, verify, list_rows):
        """A chain that was deleted to its end is not missed."""
        rows = await list_rows()
        gaps = {str(store.writer_id): [[1, RECORDS, GENESIS.hex(), rows[-1]["hash"].hex()]]}
        await certify(delete(audit_records), deleted=gaps)
        assert await verify(written) == []

    async def test_deleted_more(self, certify, store, verify, list_rows):
        """A certificate covers the records that it names and none besides."""
        rows = await list_rows()
        gaps = {str(store.writer_id): [[2, 3, rows[0]["hash"].hex(), rows[2]["hash"].hex()]]}
        await certify(delete(audit_records).where(at(2, 3, 4)), deleted=gaps)
        assert await verify() == [(5, "a record before it is missing")]


@pytest.mark.usefixtures("written")
class TestCheckpoints:
    async def test_nothing_moved(self, audit_engine, signer, store):
        """A checkpoint tells the chains that have moved, and there is none where none has."""
        told = Told()
        async with begin_writing(audit_engine) as connection:
            moved = await checkpoint(connection, signer, told)
            assert (moved.number, list(moved.content["writers"])) == (2, [str(store.writer_id)])
            assert await checkpoint(connection, signer, told) is None

    async def test_whole(self, audit_engine, signer):
        """One that is sent out tells all chains, by itself."""
        async with begin_writing(audit_engine) as connection:
            whole = await checkpoint_whole(connection, signer)
        assert [end["sequence"] for end in whole.content["writers"].values()] == [RECORDS]


@pytest.mark.usefixtures("written")
class TestArchive:
    @pytest.fixture
    def database_url(self, sqlite_url):
        """One engine: an archive is the same of both."""
        return sqlite_url

    def verify(self, archive, settings):
        """Verify, and answer whether it holds."""
        try:
            return not verify_archive(archive, settings, (), ()).breaks
        except InvalidInputError:
            return False

    def test_untouched(self, archive, settings):
        """An archive verifies far from its store."""
        assert self.verify(archive, settings)

    def test_any_byte(self, archive, settings):
        """Each of a thousand edits of a single byte is found."""
        draw, whole = random.Random(20260301), archive.read_bytes()
        missed = []
        for _ in range(EDITS):
            place, byte = draw.randrange(len(whole)), draw.randrange(256)
            if whole[place] == byte:
                continue
            archive.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
            if self.verify(archive, settings):
                missed.append((place, byte))
        assert missed == []

    @pytest.mark.parametrize(
        "order",
        [[0, 2, 3, 4, 5, 6], [0, 1, 3, 2, 4, 5, 6], [0, 1, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3], [1, 2, 3, 4, 5, 6, 0]],
        ids=["deletion", "reorder", "insertion", "truncation", "statement after"],
    )
    def test_lines(self, archive, settings, order):
        """Lines that are taken out, swapped, repeated or cut off are found."""
        lines = archive.read_bytes().splitlines(keepends=True)
        archive.write_bytes(b"".join(lines[number] for number in order))
        assert not self.verify(archive, settings)
