"""For a WSGI server of your own: ``gunicorn wsgi:app``."""

from grievance.app import create_app
from grievance.config import SettingsError

try:
    app = create_app()
except SettingsError as error:
    raise SystemExit(str(error)) from None
