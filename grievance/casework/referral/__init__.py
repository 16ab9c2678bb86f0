"""A case offered to one organization after the other, by her consent alone."""
