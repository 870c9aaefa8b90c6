"""Days that nobody read: the ladder of methods that complete them."""
