"""Scores of clusters and maps that need no true labels."""
