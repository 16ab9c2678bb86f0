"""Pages of this door."""

from flask import Blueprint

bp = Blueprint("triage", __name__)
