"""Cluster labels for new tracks, with the model of a run."""
