"""One file for each kind of shop: verify its webhooks, read them as our event."""
