"""Pages of this door."""

from flask import Blueprint

bp = Blueprint("exports", __name__, url_prefix="/desk")


@bp.get("/exports")
def exports() -> str:
    return ""


@bp.get("/statistics")
def statistics() -> str:
    return ""
