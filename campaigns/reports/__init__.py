"""What we learned, with its n and its interval."""
