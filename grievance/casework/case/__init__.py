"""What is done with a case: opened, worked on, timed, closed, counted, forgotten."""
