"""Computation of feature tables from tracks, with a reason for each track that cannot be used."""
