"""The letter leaves, at most once."""
