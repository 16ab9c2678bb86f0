"""Measures speed and memory against a bare floor in the same run: `make bench`."""
