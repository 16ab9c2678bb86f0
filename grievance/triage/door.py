"""The desk's pages, gathered: every file that puts some onto the door's blueprint."""

from grievance.triage import further_views, groups, paper, views

PAGES = (views, further_views, paper, groups)
bp = views.bp
