"""Where a report goes and why: decided, replayed, explained, tried."""
