"""The desk's pages, gathered: every file that puts some onto the door's blueprint."""

from grievance.triage import groups, paper, views

PAGES = (views, paper, groups)
bp = views.bp
