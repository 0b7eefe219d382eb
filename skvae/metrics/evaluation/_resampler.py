"""Chance levels by permutation and confidence intervals by bootstrap."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Resampler:
    """Draw permutations and bootstrap resamples, and summarize the scores of a metric.

    Attributes
    ----------
    rng : RandomState
        Source of all draws.
    n_permutations : int
        Number of permutations for the chance level.
    n_resamples : int
        Number of bootstrap resamples for the interval.
    tail : float
        Probability below and above the interval.
    """

    rng: np.random.RandomState
    n_permutations: int
    n_resamples: int
    tail: float

    def permute(self, score, n_rows):
        """Return the scores of random permutations of the rows."""
        return [score(self.rng.permutation(n_rows)) for _ in range(self.n_permutations)]

    def bootstrap(self, score, n_rows):
        """Return the scores of rows drawn with replacement."""
        return [score(self.rng.randint(n_rows, size=n_rows)) for _ in range(self.n_resamples)]

    def summarize(self, metric, direction, value, n_rows, permuted=(), resampled=()):
        """Return a row of the score table: value, chance level and interval. If the value is NaN, only the value.

        The interval contains the deviations of the resamples from their mean, added to the value. Repeated rows shift
        the mean of the resamples for scores such as NMI, but not the deviations.
        """
        row = {"metric": metric, "direction": direction, "value": value, "n_rows": n_rows}
        if np.isnan(value):
            return row
        row["chance"] = np.mean(permuted)
        row["chance_95"] = np.quantile(permuted, 0.95 if direction == "higher" else 0.05)
        ends = np.nanquantile(resampled, [self.tail, 1 - self.tail]) - np.nanmean(resampled)
        return row | dict(zip(("low", "high"), value + ends, strict=True))
