"""Floor 6: what must not be forgotten. Runs, plans, commands on their way, alarms, and the log of who did what."""
