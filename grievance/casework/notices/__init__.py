"""What is told to whom when something waits; never a word of the case."""
