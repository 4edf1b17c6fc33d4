"""The purchase arrives: a signed webhook becomes one purchase, exactly once."""
