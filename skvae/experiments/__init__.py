"""Comparisons of representations and clusterers: over seeds, beside chance, and with leaked scores marked."""

from ._comparison import Comparison

__all__ = ["Comparison"]
