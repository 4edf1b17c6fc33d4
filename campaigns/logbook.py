"""One line for each event, with ids and never an address, a name or an answer; whatever somebody tried to write.

An exception is told by its type and where it was raised: what it says may name a person. Libraries do not
know of that rule, so what looks like an address is struck out of their lines, and tracebacks are cut.
"""

import json
import logging
import re
import sys
import threading
import traceback
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import TextIO

FRAMES = 5  # of an exception, the innermost first
WORDS = frozenset({"shift", "lease", "relay", "bucket", "queue", "outcome", "door", "kind", "store"})
LONGEST = 64
SOON = 0.05  # seconds that a door's line may wait for others
QUIET = ("alembic", "mail.log", "werkzeug")  # the second is aiosmtpd's own: it names addresses
BORN_WITH = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:=]+@[^\s<>()\[\]\"',;]+")

log = logging.getLogger(__name__)


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


class Line(logging.Formatter):
    """A record as one line, for people or for machines."""

    def __init__(self, form: LogFormat) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        level, event, ids = record.levelname.lower(), _event(record), _ids(record)
        if self._form is LogFormat.JSON:
            fields = {"time": moment, "level": level, "logger": record.name, "event": event, **ids}
            return json.dumps(fields, ensure_ascii=False)
        told = "".join(f" {name}={value}" for name, value in ids.items())
        return f"{moment} {level.upper()} {record.name}: {event}{told}".replace("\n", " | ")


class Soon(logging.StreamHandler[TextIO]):
    """Writes news a moment later and many lines at once, so that no request waits for its line.

    A warning is written at once, after everything before it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[logging.LogRecord] = []
        self._will_write = False

    def emit(self, record: logging.LogRecord) -> None:
        self._kept.append(record)
        if record.levelno > logging.INFO:
            self.flush()
        elif not self._will_write:
            self._will_write = True
            timer = threading.Timer(SOON, self.flush)
            timer.daemon = True
            timer.start()

    def flush(self) -> None:
        with self.lock or nullcontext(), suppress(OSError, ValueError):  # nobody reads on: no request is to blame
            kept, self._kept, self._will_write = self._kept, [], False
            if kept:
                self.stream.write("".join(f"{self.format(record)}{self.terminator}" for record in kept))
            super().flush()


def configure(form: LogFormat, *, soon: bool = False) -> None:
    """Write the log of this process to its standard error, at once or soon; called once, at its start."""
    logging._srcfile = None  # nobody asks where a line was written, and finding out is half of its price
    handler = Soon() if soon else logging.StreamHandler()
    handler.setFormatter(Line(form))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    rq = logging.getLogger("rq.worker")  # it would bring handlers of its own
    rq.handlers, rq.propagate = [handler], False
    logging.raiseExceptions = False  # or a line that cannot be written is printed with all its values
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    threading.excepthook = _uncaught_in_thread


def place(error: BaseException) -> str:
    """Return where an error was raised, the innermost place first, without a word of what it says."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames)) or "?"


def _event(record: logging.LogRecord) -> str:
    try:
        text = record.getMessage()
    except (TypeError, ValueError):  # its values do not fit its words
        text = str(record.msg)
    if not record.name.startswith("campaigns"):
        text = text.partition("\n")[0]  # a library puts its traceback after the first line
    return ADDRESS.sub("<address>", text) if "@" in text else text


def _ids(record: logging.LogRecord) -> dict[str, object]:
    """Return what a line may carry beside its event: numbers, and words of ours."""
    found: dict[str, object] = {}
    for name, value in vars(record).items():
        if name in BORN_WITH:
            continue
        if isinstance(value, int | float) or (name in WORDS and "@" not in str(value)):
            found[name] = value if isinstance(value, int | float) else str(value)[:LONGEST]
    if record.exc_info and (error := record.exc_info[1]) is not None:
        found |= {"error": type(error).__name__, "at": place(error)}
    return found


def _uncaught(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, where)
    else:
        log.critical("this process ends by an error nobody expected", exc_info=(kind, error, where))


def _uncaught_in_thread(what: threading.ExceptHookArgs) -> None:
    if what.exc_value is not None and not isinstance(what.exc_value, SystemExit):
        log.critical("a thread ended by an error nobody expected", exc_info=what.exc_value)


def _unraisable(what: "sys.UnraisableHookArgs") -> None:
    if what.exc_value is not None:
        log.error("an error came where none can be raised", exc_info=what.exc_value)
