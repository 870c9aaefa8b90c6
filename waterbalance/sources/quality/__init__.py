"""What is thought of readings: one rule a file, each of which can only worsen a trust."""
