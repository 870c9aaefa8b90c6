"""CALVIN's link matrices into a program, and its plan."""
