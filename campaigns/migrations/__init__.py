"""The schema's history, each step with a way back."""
