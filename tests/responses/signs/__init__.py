"""The rules by which a machine is told from a person."""
