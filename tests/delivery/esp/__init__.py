"""What mail services say of letters."""
