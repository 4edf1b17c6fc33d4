"""One file for each: what it is (the docstring), `EXPECTED`, and `act`, which yields the seconds it waits.

All act at the same time, so that a browser that has to be looked at for seconds holds up nobody.
"""
