"""``python -m grievance.cli``: the same as the console script, without an install."""

from grievance.cli import main

main(prog_name="grievance")
