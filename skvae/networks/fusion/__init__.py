"""Fusion of several modalities into one posterior distribution."""
