"""Lists that people edit: problems and times in law."""
