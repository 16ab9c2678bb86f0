"""Liveness and readiness, without any detail for strangers."""

from datetime import timedelta

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from grievance.store.outbox import last_pass
from grievance.web.database import read_db
from grievance.web.service import now

bp = Blueprint("health", __name__)
PASS_MISSING = timedelta(minutes=10)


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> Response:
    """The database answers and the work loop has come round in the last ten minutes."""
    ready = work_is_running()
    return Response(
        "ready\n" if ready else "not ready\n", 200 if ready else 503, mimetype="text/plain"
    )


def work_is_running() -> bool:
    """Whether a pass of the work loop ended lately."""
    try:
        with read_db() as db:
            last = last_pass(db)
    except SQLAlchemyError:
        return False
    return last is not None and now() - last < PASS_MISSING
