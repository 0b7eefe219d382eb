"""How good are clusters and latents, what chance would reach, and what gives labels away; scorers for a search."""

from ._accuracy import clustering_accuracy_score
from ._baselines import evaluate_baselines
from ._composition import cluster_composition
from ._confidence import membership_metrics
from ._disentanglement import DCIScores, dci_scores, mig_score
from ._evaluate import evaluate_clusters
from ._information import ami_score, completeness_score, homogeneity_score, nmi_score, v_measure_score
from ._internal import calinski_harabasz_score, davies_bouldin_score, silhouette_score
from ._interpolation import InterpolationScores, interpolation_scores
from ._latent import active_units, kl_per_unit, latent_metrics, unit_correlation
from ._leaks import find_leaks
from ._missingness import MissingnessWarning, check_missingness
from ._pairs import ari_score, fowlkes_mallows_score
from ._purity import purity_score
from ._reliability import ReliabilityCurve, reliability_curve
from ._scorers import get_scorer, get_scorer_names
from ._scores import ScoreTable, SpaceError
from ._separation import class_separation
from ._stability import stability_score
from ._table import METRICS, Metric, chance_metrics, cluster_metrics
from ._trustworthiness import trustworthiness_score

__all__ = [
    "METRICS",
    "DCIScores",
    "InterpolationScores",
    "Metric",
    "MissingnessWarning",
    "ReliabilityCurve",
    "ScoreTable",
    "SpaceError",
    "active_units",
    "ami_score",
    "ari_score",
    "calinski_harabasz_score",
    "chance_metrics",
    "check_missingness",
    "class_separation",
    "cluster_composition",
    "cluster_metrics",
    "clustering_accuracy_score",
    "completeness_score",
    "davies_bouldin_score",
    "dci_scores",
    "evaluate_baselines",
    "evaluate_clusters",
    "find_leaks",
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
    "reliability_curve",
    "silhouette_score",
    "stability_score",
    "trustworthiness_score",
    "unit_correlation",
    "v_measure_score",
]
