"""Floor 4: plain results and the audit that judges them."""
