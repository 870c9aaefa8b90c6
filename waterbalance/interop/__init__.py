"""Other tools' models, read into scenarios."""
