"""What a nightly job is told: its one file, its stages, its events."""
