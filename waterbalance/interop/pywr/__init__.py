"""Pywr 1.x JSON into a scenario folder."""
