"""Who belongs to a desk, and how they sign in."""
