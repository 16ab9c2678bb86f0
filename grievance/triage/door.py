"""The desk's pages, gathered: every file that puts some onto the door's blueprint."""

from grievance.triage import paper, views

PAGES = (views, paper)
bp = views.bp
