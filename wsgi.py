"""For a WSGI server of your own: ``gunicorn wsgi:app``."""

from grievance.app import create_app

app = create_app()
