"""The day of the engine: what is done one after another to come from a scenario to orders."""
