"""What exists and what happens: components, rules, and the network they make."""
