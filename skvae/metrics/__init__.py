"""How good are clusters: scores against labels, scores within a table, and scorers for a search."""

from ._accuracy import clustering_accuracy_score
from ._purity import purity_score
from ._scorers import get_scorer, get_scorer_names
from ._table import METRICS, Metric, chance_metrics, cluster_metrics

__all__ = [
    "METRICS",
    "Metric",
    "chance_metrics",
    "cluster_metrics",
    "clustering_accuracy_score",
    "get_scorer",
    "get_scorer_names",
    "purity_score",
]
