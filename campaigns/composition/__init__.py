"""The letter is written: facts in, a frozen letter out."""
