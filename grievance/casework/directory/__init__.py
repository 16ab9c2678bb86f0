"""The directory: its form, its entries and its numbered versions."""
