"""Tells whether anybody committed to SQLite since it was last asked, in two microseconds."""

from campaigns.database import Database


class Changes:
    def __init__(self, database: Database) -> None:
        self._connection = database.engine.raw_connection()
        self._cursor = self._connection.cursor()
        self._version = -1

    def have_come(self) -> bool:
        """Ask, and where the answer is yes count from now. Read the facts after asking, never before."""
        self._cursor.execute("PRAGMA data_version")
        row = self._cursor.fetchone()
        known, self._version = self._version, row[0] if row else -1
        return bool(self._version != known)

    def close(self) -> None:
        self._connection.close()
