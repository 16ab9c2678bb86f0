"""What leaves the house: mail that says only that something waits."""
