"""What a reader must know to read the tables rightly."""

from ..model._clusterers import CLUSTERERS, SAMPLE_N_CLUSTERS, SAMPLE_NEIGHBOURS, SAMPLE_PAIRS
from ..output._tables import SAMPLE_SILHOUETTE

SAMPLE_MAP = 10_000
"""Tracks that the map shows."""

FOLLOWS = 0.2  # AMI with a side issue from which on a reader is told


CRITERIA = {"bic": "BIC", "icl": "ICL", "gap": "gap statistic"}


def reading_notes(found, known, metrics, clusterer, *, condition, selection):
    """Say how far the scores reach, what the clusters may follow instead of the music, and which steps took a sample.

    Parameters
    ----------
    found : ComputedFeatures
        What was described.
    known : DataFrame
        The track table of the clustered tracks.
    metrics : DataFrame
        By `metrics_table`; the last row but one is the model's.
    clusterer : str
        Name in `CLUSTERERS`.
    condition : tuple of str
        Columns that the model was given.
    selection : NClusters or None
        What chose the number of clusters.

    Returns
    -------
    list of str
        Sentences without a full stop.
    """
    n, model = len(found.table), metrics.iloc[-2]
    width = found.features.shape[1]
    notes = [
        "silhouette, Calinski-Harabasz and Davies-Bouldin are measured in one space for all rows: "
        f"the scaled table of {width} features"
    ]
    if found.modality == "both":
        notes.append(f"{int(found.has_lyrics[found.usable].sum())} of {n} clustered tracks have lyrics")
    for column in ("genre", "language"):
        n_known = int(known[column].notna().sum()) if column in known else 0
        note = f"{column} is known for {n_known} of {n} clustered tracks"
        notes.append(f"{note}; scores against it use those" if 0 < n_known < n else note)
    without = {column: int(known[column].isna().sum()) for column in condition}
    notes += [
        f"{n_without} clustered tracks have no {column}: the model was given the mean over the others"
        for column, n_without in without.items()
        if n_without
    ]
    if selection is not None:
        notes.append(_why_so_many(selection))
    for name, side, cure in (
        ("ami_language", "language", "; condition='language' takes it out of the latent"),
        ("ami_lyrics", "having lyrics", ""),
    ):
        if model[name] >= FOLLOWS and name not in model["leaked"]:
            notes.append(f"the clusters follow {side} (AMI {model[name]:.2f}){cure}")
    if (metrics["leaked"] != "").any():
        notes.append("leaked: the model was given what these scores compare with, so they say nothing about it")
    steps = {
        "the map": SAMPLE_MAP,
        "the silhouette": SAMPLE_SILHOUETTE,
        "the search for nearest tracks": SAMPLE_NEIGHBOURS,
    }
    if selection is not None:
        steps["the number of clusters"] = SAMPLE_N_CLUSTERS
    if not hasattr(CLUSTERERS[clusterer](2, 0), "predict"):
        steps[f"{clusterer} clustering"] = SAMPLE_PAIRS
    return notes + [f"{step} took a sample of {size} of the {n} tracks" for step, size in steps.items() if n > size]


def _why_so_many(selection):
    """Say which criteria are for the number of clusters, and what else they leave open."""
    ranges = {
        CRITERIA.get(name, name): (low, high) for name, low, high in selection.choices[["low", "high"]].itertuples()
    }
    votes = sum(low <= selection.n_clusters <= high for low, high in ranges.values())
    said = ", ".join(f"{name} {_span(*limits)}" for name, limits in ranges.items())
    note = f"{selection.n_clusters} clusters suit {votes} of {len(ranges)} criteria ({said}; see n_clusters.csv)"
    if selection.low < selection.high:
        note += f"; {'all' if selection.agree else 'between them they'} allow {_span(selection.low, selection.high)}"
    return note


def _span(low, high):
    return str(low) if low == high else f"{low} to {high}"
