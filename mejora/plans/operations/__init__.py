"""Every change of a plan. Each is atomic, asks its rule under the year's lock, and records it."""
