"""Tells whether anybody may have committed since it was last asked, so that facts are read again only then."""

import time

from campaigns.database import Database


class Changes:
    """SQLite says for sure, in two microseconds; elsewhere only time tells, and what is old may have changed."""

    def __init__(self, database: Database) -> None:
        self._connection = database.engine.raw_connection() if database.is_sqlite else None
        self._cursor = self._connection.cursor() if self._connection else None
        self._version = -1
        self._asked_at = float("-inf")

    def may_have_come(self, believed_for: float = 0.0) -> bool:
        """Ask, and where the answer is yes count from now. Read the facts after asking, never before.

        `believed_for`: the seconds after which a database that cannot say may have changed.
        """
        if self._cursor is None:
            before, self._asked_at = self._asked_at, time.monotonic()
            if self._asked_at - before <= believed_for:
                self._asked_at = before
                return False
            return True
        self._cursor.execute("PRAGMA data_version")
        row = self._cursor.fetchone()
        known, self._version = self._version, row[0] if row else -1
        return bool(self._version != known)

    def were_read(self) -> None:
        """Where only time tells, let it begin now: reading took some of it."""
        self._asked_at = time.monotonic()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
