"""An organizer reads, answers, refers and closes."""
