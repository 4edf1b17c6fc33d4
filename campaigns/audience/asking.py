"""How often a person lets a merchant ask: their own word, kept with them and honoured before any rule of ours."""

from datetime import timedelta
from enum import StrEnum

A_YEAR = timedelta(days=365)


class Asking(StrEnum):
    ALWAYS = "always"
    YEARLY = "yearly"  # at most one purchase within a year
    TROUBLE = "trouble"  # only about an order of which something came back or was paid back
    NEVER = "never"
