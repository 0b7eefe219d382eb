"""Scores of a latent space and its units."""
