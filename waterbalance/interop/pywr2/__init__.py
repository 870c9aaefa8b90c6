"""Models of Pywr 2 (schema of 2.0.0b8) into scenarios."""
