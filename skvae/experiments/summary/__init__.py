"""Statistics of a comparison: summaries over seeds, significance tests, effects and findings."""
