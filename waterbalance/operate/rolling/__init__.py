"""Day after day over a record: the simulation."""
