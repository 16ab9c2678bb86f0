"""A worker reports: language page, the six steps, the code."""
