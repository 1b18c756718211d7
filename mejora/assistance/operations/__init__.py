"""Every write of a cycle: one verb per function, atomic, under the lock of the cycle, after asking
its rule."""
