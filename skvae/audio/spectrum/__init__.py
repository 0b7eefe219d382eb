"""Short-time spectrum, constant-Q transform and rhythm of one excerpt."""
