"""Migrant workers report problems here, and migrant organizations answer."""
