"""Floor 3: what is preferred."""
