"""Comparisons of representations and clusterers: over seeds, beside chance, and with leaked scores marked."""

from ._comparison import Comparison
from ._significance import seeds_needed
from ._summary import summarize

__all__ = ["Comparison", "seeds_needed", "summarize"]
