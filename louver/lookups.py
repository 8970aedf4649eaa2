"""Small fixed reads of the access tables on the hot path: compiled once, decoded by the columns' own types."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from louver.db.reader import Reader
from louver.resolvers.dialects import PostgresSpeech, Speech, SqliteSpeech
from louver.resolvers.statements import Statement


def speech_of(reader: Reader) -> Speech:
    """How the reader's database is spoken to."""
    return PostgresSpeech() if reader.dialect == "postgresql" else SqliteSpeech()


class Lookup:
    """One SELECT for one database; parameters are bound by name."""

    def __init__(self, query: Select[*tuple[Any, ...]], reader: Reader) -> None:
        speech = speech_of(reader)
        self._reader = reader
        self._statement = Statement(query, speech)
        self._decoders = tuple(
            column.type.dialect_impl(speech.dialect).result_processor(speech.dialect, None) or _as_is
            for column in query.selected_columns
        )

    async def fetch(self, **values: Any) -> list[tuple[Any, ...]]:
        """Return all rows.

        Raises:
            DatabaseUnavailableError: the database did not answer.
        """
        return [self.decode(row) for row in await self.fetch_raw(**values)]

    async def fetch_raw(self, **values: Any) -> Sequence[Sequence[Any]]:
        """Return all rows as the driver has them; `decode` reads one.

        Raises:
            DatabaseUnavailableError: the database did not answer.
        """
        return await self._statement.run(self._reader, values)

    def decode(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """Read one row."""
        return tuple(decode(value) for decode, value in zip(self._decoders, row, strict=True))


def _as_is(value: Any) -> Any:
    return value
