"""Evaluation of clusterings: all metrics with chance levels, intervals and leaks, and scorers for searches."""
