"""A question to PostgreSQL is asked ahead and answered while other things are done: nobody waits for a round trip.

The driver waits for each answer, so this speaks to the library under it. Of one question at a time;
it is prepared once.
"""

import json
import select
from collections.abc import Collection
from typing import Any

from psycopg import pq
from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.exc import DisconnectionError

from campaigns.database import Database

NAME = b"ahead"
LONGEST_WAIT = 20.0  # seconds; a server that says nothing for so long is taken for gone


class Ahead:
    """Asks for numbers: a question of one column, with parameters that are text or lists (see `among`)."""

    def __init__(self, database: Database, question: Select[int], *names: str) -> None:
        """`names` are the parameters that each asking gives, in this order."""
        self._connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        driver: Any = self._connection.connection.driver_connection
        self._wire: Any = driver.pgconn
        self._is_asked = False
        numbering: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]  # the one that numbers parameters
        compiled = question.compile(dialect=numbering)
        state = compiled.construct_expanded_state(dict.fromkeys(names, ""))
        ordered = list(state.positiontup or ())
        self._parameters = [str(state.parameters[name]).encode() for name in ordered]
        self._places = [ordered.index(name) for name in names]
        prepared = self._wire.prepare(NAME, state.statement.encode())
        if prepared.status != pq.ExecStatus.COMMAND_OK:
            raise self._broken()

    @property
    def is_asked(self) -> bool:
        """Whether an answer is still to come."""
        return self._is_asked

    def ask(self, *values: str | Collection[int]) -> None:
        """Send the question off, with a value for each name; raises DisconnectionError."""
        for place, value in zip(self._places, values, strict=True):
            self._parameters[place] = (value if isinstance(value, str) else json.dumps(list(value))).encode()
        try:
            self._wire.send_query_prepared(NAME, self._parameters)
            while self._wire.flush():
                select.select([], [self._wire.socket], [], LONGEST_WAIT)
        except Exception as error:
            raise self._broken() from error
        self._is_asked = True

    def answer(self, *, wait: bool) -> set[int] | None:
        """Return the numbers; None where none were asked for or, without waiting, where they are on their way still."""
        if not self._is_asked:
            return None
        try:
            self._wire.consume_input()
            while self._wire.is_busy():
                if not wait:
                    return None
                if not select.select([self._wire.socket], [], [], LONGEST_WAIT)[0]:
                    raise self._broken()
                self._wire.consume_input()
            return self._numbers()
        except DisconnectionError:
            raise
        except Exception as error:
            raise self._broken() from error

    def close(self) -> None:
        """Hang up: an answer that is still on its way must not reach whoever used the connection next."""
        self._connection.invalidate()
        self._connection.close()

    def _numbers(self) -> set[int]:
        found: set[int] = set()
        self._is_asked = False
        while (result := self._wire.get_result()) is not None:
            if result.status != pq.ExecStatus.TUPLES_OK:
                raise self._broken()
            found.update(int(result.get_value(row, 0)) for row in range(result.ntuples))
        return found

    def _broken(self) -> DisconnectionError:
        self._is_asked = False
        self._connection.invalidate()
        return DisconnectionError("The database did not answer a question that was asked ahead.")
