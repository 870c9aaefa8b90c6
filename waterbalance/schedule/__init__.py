"""What structures are told to do."""
