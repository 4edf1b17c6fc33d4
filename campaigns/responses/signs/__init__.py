"""The signs by which a machine's visit is told from a person's: one small rule file for each place they are seen in."""
