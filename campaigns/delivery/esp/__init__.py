"""What mail services say of the letters that left by them: a door for each kind, one shape behind it."""
