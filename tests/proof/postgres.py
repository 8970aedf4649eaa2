"""Where a world lies on PostgreSQL."""

import asyncpg

from louver.db.reader import open_reader
from louver.proof.stores import list_layouts
from louver.resolvers.dialects import PostgresSpeech


class PostgresStore:
    """A migrated database: written in one transaction, read as the service reads it."""

    def __init__(self, url: str) -> None:
        self.speech = PostgresSpeech()
        self._url = url
        self._reader = open_reader(url, 1)
        self._layouts = list_layouts(self.speech.dialect)
        self._writer = None

    async def put(self, world, seed):
        """See Store."""
        self._writer = self._writer or await asyncpg.connect(self._url)
        async with self._writer.transaction():
            for layout in reversed(self._layouts):
                await self._writer.execute(f"DELETE FROM {layout.table.name}")
            for layout in self._layouts:
                columns = [column.name for column in layout.table.c]
                rows = layout.list_rows(world, seed)
                await self._writer.copy_records_to_table(layout.table.name, columns=columns, records=rows)

    async def fetch(self, sql, parameters):
        """See Reads."""
        return await self._reader.fetch(sql, parameters)

    async def close(self):
        """Hang up."""
        await self._reader.close()
        if self._writer is not None:
            await self._writer.close()
