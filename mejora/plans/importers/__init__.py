"""Files of plans: how the words, days and amounts that people and the ministry write are read."""
