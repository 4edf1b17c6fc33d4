"""A sample merchant with a campaign, and purchases signed like a real shop signs them."""
