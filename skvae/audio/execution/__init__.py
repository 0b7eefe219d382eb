"""Application of a function to many recordings: parallel jobs, cache, failures."""
