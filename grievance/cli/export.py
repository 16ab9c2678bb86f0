"""``grievance export``: coded case summaries, for the person who runs the service."""
