"""Pages of the cycle: what is visible, one operation, an answer."""
