"""How good are clusters: scores against labels, scores within a table, and scorers for a search."""

from ._accuracy import clustering_accuracy_score
from ._composition import cluster_composition
from ._confidence import membership_metrics
from ._disentanglement import DCIScores, dci_scores, mig_score
from ._information import ami_score, completeness_score, homogeneity_score, nmi_score, v_measure_score
from ._internal import calinski_harabasz_score, davies_bouldin_score, silhouette_score
from ._interpolation import InterpolationScores, interpolation_scores
from ._latent import active_units, kl_per_unit, latent_metrics, unit_correlation
from ._pairs import ari_score, fowlkes_mallows_score
from ._purity import purity_score
from ._scorers import get_scorer, get_scorer_names
from ._separation import class_separation
from ._table import METRICS, Metric, chance_metrics, cluster_metrics

__all__ = [
    "METRICS",
    "DCIScores",
    "InterpolationScores",
    "Metric",
    "active_units",
    "ami_score",
    "ari_score",
    "calinski_harabasz_score",
    "chance_metrics",
    "class_separation",
    "cluster_composition",
    "cluster_metrics",
    "clustering_accuracy_score",
    "completeness_score",
    "davies_bouldin_score",
    "dci_scores",
    "fowlkes_mallows_score",
    "get_scorer",
    "get_scorer_names",
    "homogeneity_score",
    "interpolation_scores",
    "kl_per_unit",
    "latent_metrics",
    "membership_metrics",
    "mig_score",
    "nmi_score",
    "purity_score",
    "silhouette_score",
    "unit_correlation",
    "v_measure_score",
]
