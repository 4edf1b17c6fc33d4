"""The customer answers; GET and HEAD never do."""
