"""Files that bring whole years of plans with the level that each action reached."""
