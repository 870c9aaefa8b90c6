"""Floor 7: observations and weather from the outside world, and what is thought of them."""
