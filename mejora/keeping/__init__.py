"""Keeping an installation: one file that holds all of it, its way back, and the proof that what
stands there is sound."""
