"""Which organizations can help, and with what; numbers to call in danger."""
