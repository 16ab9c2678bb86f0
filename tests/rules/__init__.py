"""What we decide: pure functions need nothing but values."""
