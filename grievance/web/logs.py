"""What a log may tell: kinds and places, never the words of a request.

A message of an exception can hold what a worker typed (a value that was refused, the parameters
of a statement), and a library's own sentence can hold her address. So each record is cleaned as it
is made, before any handler sees it: of an exception its kind and the lines it passed; of a logger
that is not ours only the line that spoke.
"""

import errno
import logging
import sys
import threading
import traceback
from pathlib import PurePath
from types import TracebackType
from typing import Any

from flask import Flask

_OURS = "grievance."  # Flask's own logger is "grievance", and writes addresses
_LONGEST_CHAIN = 8
log = logging.getLogger("grievance.process")


class CleanRecord(logging.LogRecord):
    """A record without anybody's words, whoever logs."""

    def __init__(self, name: str, level: int, pathname: str, lineno: int, msg: Any, args: Any,
                 exc_info: Any, func: str | None = None, sinfo: str | None = None,
                 **rest: Any) -> None:  # fmt: skip
        if (name or "").startswith(_OURS):
            args = tuple(map(_harmless, args)) if isinstance(args, tuple) else args
        else:
            msg, args = _place(pathname, lineno), ()
        super().__init__(name, level, pathname, lineno, msg, args, None, func)
        if exc_info and exc_info[1] is not None:
            self.msg, self.args = f"{self.getMessage()}: {trail(exc_info[1])}", ()


def trail(error: BaseException) -> str:
    """Kinds and places of an exception and of those that led to it; no message, no source line."""
    told: list[str] = []
    while len(told) < _LONGEST_CHAIN:
        frames = traceback.walk_tb(error.__traceback__)
        places = [_place(frame.f_code.co_filename, line) for frame, line in frames]
        told.append(" ".join([_kind(error), *places]))
        before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if before is None:
            break
        error = before
    return " < ".join(told)


def init_app(app: Flask) -> None:
    """Under any server that runs the application."""
    clean_records()


def clean_records() -> None:
    """From here on every record of this process is clean, under any handler."""
    logging.setLogRecordFactory(CleanRecord)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # its lines hold addresses


def watch_process() -> None:
    """What nobody catches is told by the log too: Python itself would print messages."""
    clean_records()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda told: log.error("in passing: %s", _told(told.exc_value))
    threading.excepthook = lambda told: log.error("a thread ended: %s", _told(told.exc_value))


def _uncaught(
    kind: type[BaseException], error: BaseException, frames: TracebackType | None
) -> None:
    log.critical("the process ends: %s", trail(error))


def _kind(error: BaseException) -> str:
    kind = type(error).__name__
    name = errno.errorcode.get(error.errno or 0) if isinstance(error, OSError) else None
    return f"{kind} {name}" if name else kind


def _told(error: BaseException | None) -> str:
    return trail(error) if error else "unknown"


def _harmless(value: Any) -> Any:
    return _kind(value) if isinstance(value, BaseException) else value


def _place(path: str, line: int | None) -> str:
    return f"{'/'.join(PurePath(path).parts[-2:])}:{line}"
