"""What we decide: pure functions and the words they use."""
