"""A worker comes back with the code: status, messages, consent, contact."""
