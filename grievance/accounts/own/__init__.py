"""What a member decides about herself: her language, and when mail comes."""
