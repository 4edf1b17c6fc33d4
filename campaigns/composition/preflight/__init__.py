"""Preflight: what is amiss with a campaign's letters is said before anybody gets one."""
