"""One night: what the nights before left, what came of it, what it leaves."""
