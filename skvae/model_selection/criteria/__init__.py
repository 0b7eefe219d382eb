"""Criteria for the number of clusters."""
