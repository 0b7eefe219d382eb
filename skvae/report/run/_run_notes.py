"""Notes for the interpretation of the scores of a run."""

from ..model._neighbors import SAMPLE_NEIGHBORS
from ..output._metrics_table import SAMPLE_SILHOUETTE
from ._clusterers import CLUSTERERS, SAMPLE_PAIRS
from ._n_clusters import SAMPLE_N_CLUSTERS

SAMPLE_MAP = 10_000
"""Maximum number of tracks on the map. A subsample is used for larger libraries."""

MIN_AMI = 0.2
"""Minimum AMI with language, or with the presence of lyrics, that is mentioned in a note."""

CRITERIA = {"bic": "BIC", "icl": "ICL", "gap": "gap statistic"}


def collect_notes(description, tracks, metrics, clusterer, *, condition, selection):
    """Return notes on the scores, on properties that the clusters reflect, and on steps that used a sample.

    Parameters
    ----------
    description : ComputedFeatures
        Features of the library.
    tracks : DataFrame
        Track table of the clustered tracks.
    metrics : DataFrame
        Table from `metrics_table`. The second to last row contains the scores of the model.
    clusterer : str
        Key of `CLUSTERERS`.
    condition : tuple of str
        Columns that the model used as input.
    selection : NClusters or None
        Result of the automatic choice of the number of clusters.

    Returns
    -------
    list of str
        Notes without a final period.
    """
    n, model = len(description.table), metrics.iloc[-2]
    width = description.features.shape[1]
    notes = [
        f"silhouette, Calinski-Harabasz and Davies-Bouldin of all methods are computed on the {width} scaled features"
    ]
    if description.modality == "both":
        notes.append(f"{int(description.has_lyrics[description.usable].sum())} of {n} clustered tracks have lyrics")
    for column in ("genre", "language"):
        n_known = int(tracks[column].notna().sum()) if column in tracks else 0
        note = f"{column} is known for {n_known} of {n} clustered tracks"
        notes.append(f"{note}; scores against {column} use only these tracks" if 0 < n_known < n else note)
    unknown = {column: int(tracks[column].isna().sum()) for column in condition}
    notes += [
        f"{n_unknown} clustered tracks have no {column}: the model uses the mean over all values of {column} for them"
        for column, n_unknown in unknown.items()
        if n_unknown
    ]
    if selection is not None:
        notes.append(_selection_note(selection))
    if _reflects(model, "ami_language"):
        ami = f"AMI {model['ami_language']:.2f}"
        notes.append(
            f"the clusters reflect the language ({ami}); use condition='language' to remove it from the latent space"
        )
    if _reflects(model, "ami_lyrics"):
        notes.append(f"the clusters reflect which tracks have lyrics (AMI {model['ami_lyrics']:.2f})")
    if (metrics["leaked"] != "").any():
        notes.append("leaked scores compare the clusters with an input of the model and do not measure their quality")
    samples = {
        "the map": SAMPLE_MAP,
        "the silhouette": SAMPLE_SILHOUETTE,
        "the search for nearest tracks": SAMPLE_NEIGHBORS,
    }
    if selection is not None:
        samples["the choice of the number of clusters"] = SAMPLE_N_CLUSTERS
    if not hasattr(CLUSTERERS[clusterer](2, 0), "predict"):
        samples[f"{clusterer} clustering"] = SAMPLE_PAIRS
    return notes + [
        f"{step} uses a random sample of {size} of the {n} tracks" for step, size in samples.items() if n > size
    ]


def _reflects(model, metric):
    return model[metric] >= MIN_AMI and metric not in model["leaked"]


def _selection_note(selection):
    """Describe which criteria support the selected number of clusters, and which other numbers they allow."""
    ranges = {
        CRITERIA.get(name, name): (low, high) for name, low, high in selection.choices[["low", "high"]].itertuples()
    }
    votes = sum(low <= selection.n_clusters <= high for low, high in ranges.values())
    listed = ", ".join(f"{name} {_format_range(*limits)}" for name, limits in ranges.items())
    support = f"{votes} of {len(ranges)} criteria ({listed}; see n_clusters.csv)"
    note = f"{selection.n_clusters} clusters are supported by {support}"
    if selection.low < selection.high:
        criteria = "all criteria allow" if selection.agree else "at least one criterion allows"
        note += f"; {criteria} {_format_range(selection.low, selection.high)}"
    return note


def _format_range(low, high):
    return str(low) if low == high else f"{low} to {high}"
