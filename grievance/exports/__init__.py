"""A coordinator counts and hands over: case summaries and statistics."""
