"""Description of a metric for the evaluation table and the scorers."""

from collections.abc import Callable
from typing import NamedTuple


class Metric(NamedTuple):
    """Function, direction and requirements of a clustering metric.

    `METRICS` contains one `Metric` for each metric that `cluster_metrics` and `evaluate_clusters` compute.

    Parameters
    ----------
    function : callable
        `function(labels_true, labels_pred)` if the metric needs true labels, otherwise `function(X, labels_pred)`. It
        returns a float.
    direction : {"higher", "lower"}
        Whether higher or lower values are better.
    needs_labels : bool
        Whether the metric compares the clusters with true labels.
    per_row : callable or None, default=None
        Only for metrics that compare all pairs of rows and are a mean over the rows.
        `per_row(X, labels_pred, *, sample_size, random_state)` returns the values of the rows. `function` must accept
        the same keyword arguments.
    of_counts : callable or None, default=None
        Only for metrics that need true labels. It returns the same value as `function`, computed from the contingency
        table. If None, resamples and permutations call `function`, which is slower.

    See Also
    --------
    cluster_metrics : Computes the metrics of a clustering.
    get_scorer : Returns a metric as a scorer for `GridSearchCV`.

    Examples
    --------
    >>> from skvae.metrics import METRICS
    >>> metric = METRICS["purity"]
    >>> metric.direction, metric.needs_labels
    ('higher', True)
    >>> metric.function(["rock", "rock", "rock", "jazz"], [0, 0, 1, 1])
    0.75
    """

    function: Callable
    direction: str
    needs_labels: bool
    per_row: Callable | None = None
    of_counts: Callable | None = None
