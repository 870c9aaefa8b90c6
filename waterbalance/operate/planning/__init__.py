"""From a scenario to a plan and its orders, or to the best that is left when there is none."""
