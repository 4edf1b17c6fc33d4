"""Strangers judge the letters: other people's MJML, validators, a browser, a spam filter, a mail server, a verifier."""
