"""The real server with views that fail: ``python -m tests.web.failing_server DATABASE_URL``."""

import sys
import threading
from typing import NoReturn

from flask import request
from sqlalchemy import text

from grievance.app import create_app
from grievance.config import Settings
from grievance.sealing.keys import LEAST_COST
from grievance.web.access import ACCESS, ANYBODY
from grievance.web.database import read_db
from grievance.web.serve import serve


def _fail(words: str) -> NoReturn:
    try:
        raise LookupError(words)
    except LookupError as error:
        raise ValueError(f"refused: {words}") from error


def in_view() -> str:
    """A view that raises what was typed."""
    _fail(request.form["words"])


def in_statement() -> str:
    """A statement that fails with what was typed among its parameters."""
    with read_db() as db:
        db.execute(text("SELECT :words FROM nowhere"), {"words": request.form["words"]})
    return ""


def in_thread() -> str:
    """A thread that nobody watches."""
    thread = threading.Thread(target=_fail, args=[request.form["words"]])
    thread.start()
    thread.join()
    return ""


def main() -> None:
    """Serve until stopped."""
    settings = Settings(sys.argv[1], b"p" * 40, b"n" * 40, code_cost=LEAST_COST)
    app = create_app(settings)
    for view in (in_view, in_statement, in_thread):
        ACCESS[view.__name__] = ANYBODY
        view.keeps_form = True  # type: ignore[attr-defined]
        app.add_url_rule(f"/{view.__name__}", view_func=view, methods=["POST"])
    inner = app.wsgi_app

    def around(environ, start_response):  # type: ignore[no-untyped-def]
        if environ["PATH_INFO"].startswith("/around"):
            _fail(environ["PATH_INFO"])
        return inner(environ, start_response)

    app.wsgi_app = around  # type: ignore[method-assign]
    serve(app, "127.0.0.1:0", 2, lambda address: print(address, flush=True))


if __name__ == "__main__":
    main()
