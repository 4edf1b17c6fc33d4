"""The SMTP engine: letters leave as fast as the wire allows, and what became of each is never guessed."""
