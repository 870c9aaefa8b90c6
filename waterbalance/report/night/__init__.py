"""The report of a night: what came of it as plain values, and the page that tells them."""
