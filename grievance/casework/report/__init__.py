"""A worker's report: its answers, its draft, its sending, and what she says later."""
