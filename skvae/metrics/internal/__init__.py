"""Scores of clusters and maps that need no true labels."""

from ._resampling import RESAMPLE_FRACTION, clone_with_seed, pairwise_agreement

__all__ = ["RESAMPLE_FRACTION", "clone_with_seed", "pairwise_agreement"]
