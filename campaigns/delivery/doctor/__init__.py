"""The doctor looks at all that decides whether letters arrive, from outside, and says what to do."""
