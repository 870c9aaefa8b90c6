"""What the store keeps of a run, and what can be made again from it."""
