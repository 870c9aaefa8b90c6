"""What is known tonight, what is expected, and what was scored."""
