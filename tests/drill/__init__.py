"""The product's own proof: everything around the sender breaks, and every letter is counted at the server."""
