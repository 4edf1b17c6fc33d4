"""Askwell asks a customer once, reminds at most once, and believes only what a person said."""
