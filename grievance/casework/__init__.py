"""Everything that may happen to a case: one function each."""
