"""Pages of this door."""

from flask import Blueprint

bp = Blueprint("exports", __name__)
