"""Clustering of a library, from the track table to the result folder."""
