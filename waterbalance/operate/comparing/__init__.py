"""Plans beside plans, and forecasts beside what came."""
