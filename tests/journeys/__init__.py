"""Whole stories, from a worker's first page to the answer she reads."""
