"""How good are clusters and latents, what chance would reach, and what gives labels away; scorers for a search."""

from .agreement._accuracy import clustering_accuracy_score
from .agreement._ari import ari_score, fowlkes_mallows_score
from .agreement._composition import cluster_composition
from .agreement._nmi import ami_score, completeness_score, homogeneity_score, nmi_score, v_measure_score
from .agreement._purity import purity_score
from .evaluation._baselines import evaluate_baselines
from .evaluation._cluster_metrics import METRICS, Metric, chance_metrics, cluster_metrics
from .evaluation._confidence import membership_metrics
from .evaluation._evaluate import evaluate_clusters
from .evaluation._leaks import find_leaks
from .evaluation._missingness import MissingnessWarning, check_missingness
from .evaluation._reliability import ReliabilityCurve, reliability_curve
from .evaluation._score_table import ScoreTable, SpaceError
from .evaluation._scorers import get_scorer, get_scorer_names
from .internal._silhouette import calinski_harabasz_score, davies_bouldin_score, silhouette_score
from .internal._stability import stability_score
from .internal._trustworthiness import trustworthiness_score
from .latent._dci import DCIScores, dci_scores, mig_score
from .latent._interpolation import InterpolationScores, interpolation_scores
from .latent._separation import class_separation
from .latent._summary import active_units, kl_per_unit, latent_metrics, unit_correlation

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
