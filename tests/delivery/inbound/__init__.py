"""Tests of the mail that comes back."""
