"""Values that are worked out when a step begins, from the calendar and from how the step before ended."""
