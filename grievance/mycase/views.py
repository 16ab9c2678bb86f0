"""Pages of this door."""

from flask import Blueprint

bp = Blueprint("mycase", __name__)
