"""The metrics of the evaluation table and the scorers.

A new metric is one file that defines the function and a `Metric`, such as `agreement/_purity.py`, and one line in
`ENTRIES`. The metric then appears in `METRICS`, `cluster_metrics`, `evaluate_clusters` and the comparisons, and
as a scorer if it needs true labels. A line in ``skvae/metrics/__init__.pyi`` makes the function public.
"""

from pkgutil import resolve_name

# Name of each metric, and "module:variable" of its Metric, relative to skvae.metrics. The order is that of the tables.
ENTRIES = {
    "silhouette": "internal._silhouette:METRIC",
    "calinski_harabasz": "internal._calinski_harabasz:METRIC",
    "davies_bouldin": "internal._davies_bouldin:METRIC",
    "ari": "agreement._ari:METRIC",
    "nmi": "agreement._nmi:METRIC",
    "ami": "agreement._ami:METRIC",
    "purity": "agreement._purity:METRIC",
    "accuracy": "agreement._accuracy:METRIC",
    "homogeneity": "agreement._homogeneity:METRIC",
    "completeness": "agreement._completeness:METRIC",
    "v_measure": "agreement._v_measure:METRIC",
    "fowlkes_mallows": "agreement._fowlkes_mallows:METRIC",
    "nmi_geometric": "agreement._nmi:GEOMETRIC",
    "nmi_min": "agreement._nmi:MIN",
    "nmi_max": "agreement._nmi:MAX",
}

METRICS = {name: resolve_name(f"skvae.metrics.{entry}") for name, entry in ENTRIES.items()}


def check_metric_names(names):
    """Return the names of metrics as a list. None selects all metrics."""
    if names is None:
        return list(METRICS)
    for name in names:
        if name not in METRICS:
            raise ValueError(f"names contains an unknown metric: {name!r}. Available metrics: {', '.join(METRICS)}.")
    return list(names)
