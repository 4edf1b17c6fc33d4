"""A month of letters with people and machines whose truth is known, judged by the same functions as real ones."""
