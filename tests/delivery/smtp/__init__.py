"""Tests of the SMTP engine, against real sockets."""
