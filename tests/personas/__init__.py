"""Those who visit a letter: each a small file that acts over HTTP and says what is to become of it."""
