"""Mail comes back: bounces, complaints, replies; each is read once, and believed of a letter only with proof."""
