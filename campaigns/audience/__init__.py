"""Whom we may write to, and whom never again."""
